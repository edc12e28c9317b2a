import { BeamlineError } from "../model/errors.js";
import { MAX_DEPTH } from "./js-format.js";

/**
 * Thrown inside the js coders with the inner value that does not encode. Keeping track of where the
 * encoder is would cost every element; the path is found afterwards, by a search for `offender`.
 */
export class JsRefusal extends Error {
  readonly offender: unknown;
  /** Completes "it is ..." or "it ...". */
  readonly state: string;

  constructor(offender: unknown, state: string) {
    super(state);
    this.offender = offender;
    this.state = state;
  }
}

/** What the caller gets instead of an inner refusal; other errors pass. */
export function explainRefusal(error: unknown, root: unknown, asKey: boolean): unknown {
  if (!(error instanceof JsRefusal)) return error;
  const { where, state } = error.state === TOO_DEEP ? explainDepth(root) : locate(error, root);
  return asKey
    ? new BeamlineError(
        "NOT_A_KEY",
        `Cannot use ${where} as a key or a part of one: it ${state}; use plain data as the key, or give the keys a deterministic coder with withCoder()`,
      )
    : new BeamlineError(
        "CANNOT_ENCODE",
        `Cannot encode ${where}: it ${state}; map it to plain data before it leaves the transform, or give a coder with withCoder()`,
      );
}

/** The state of a value nested beyond `MAX_DEPTH`. */
export const TOO_DEEP = `is nested more than ${MAX_DEPTH} levels deep`;

interface Place {
  readonly where: string;
  readonly state: string;
}

/** A value on the way from the root. */
interface Step {
  readonly value: unknown;
  readonly label: string;
  readonly parent: Step | undefined;
}

function locate(refusal: JsRefusal, root: unknown): Place {
  const { offender, state } = refusal;
  const queue: Step[] = [{ value: root, label: "value", parent: undefined }];
  const seen = new Set<unknown>();
  // Breadth first: the shortest path is the clearest.
  for (const step of queue) {
    if (Object.is(step.value, offender)) return { where: pathOf(step), state };
    if (seen.has(step.value)) continue;
    seen.add(step.value);
    for (const [label, value] of children(step.value)) queue.push({ value, label, parent: step });
  }
  // A getter that answers anew each time.
  return { where: "a part of value", state };
}

/** Too deep is nearly always a cycle: says where it closes. */
function explainDepth(root: unknown): Place {
  const open = new Map<unknown, string>();
  const done = new Set<unknown>();
  const top: Step = { value: root, label: "value", parent: undefined };
  const stack: (Step | { readonly leave: unknown })[] = [top];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if ("leave" in next) {
      open.delete(next.leave);
      done.add(next.leave);
      continue;
    }
    const { value } = next;
    if (typeof value !== "object" || value === null || done.has(value)) continue;
    const first = open.get(value);
    if (first !== undefined) {
      return {
        where: pathOf(next),
        state: `refers back to ${first}, and a cycle has no end on the wire`,
      };
    }
    open.set(value, pathOf(next));
    stack.push({ leave: value });
    for (const [label, child] of children(value)) stack.push({ value: child, label, parent: next });
  }
  return { where: "value", state: TOO_DEEP };
}

function pathOf(step: Step): string {
  const labels: string[] = [];
  for (let at: Step | undefined = step; at !== undefined; at = at.parent) labels.unshift(at.label);
  if (labels.length > 12) labels.splice(6, labels.length - 12, " … ");
  return labels.join("");
}

function children(value: unknown): [label: string, child: unknown][] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  if (value instanceof Map) {
    return [...value].flatMap(([key, child]): [string, unknown][] => [
      [".keys()", key],
      [typeof key === "object" ? ".values()" : `.get(${literal(key)})`, child],
    ]);
  }
  if (value instanceof Set) return [...value].map((child) => [".values()", child]);
  const names = Object.keys(value);
  if (value instanceof Error) names.push("cause", "errors");
  return names.map((name) => [
    Array.isArray(value) && /^\d+$/.test(name)
      ? `[${name}]`
      : /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
        ? `.${name}`
        : `[${literal(name)}]`,
    (value as Readonly<Record<string, unknown>>)[name],
  ]);
}

function literal(key: unknown): string {
  const text = typeof key === "string" ? JSON.stringify(key) : String(key);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
