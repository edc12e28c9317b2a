import type { UserFn } from "../fn/user-fn.js";
import { BeamlineError } from "../model/errors.js";
import { specialise } from "../model/specialise.js";
import { eachWindow } from "./each-window.js";
import type { Operator, OperatorContext } from "./operator.js";
import type { Receive } from "./receive.js";
import { StepContext } from "./step-context.js";
import type { ReceiveText } from "./text/text-ports.js";
import { tokenScanner } from "./text/token-scanner.js";
import { shorten, userCodeError } from "./user-code-error.js";

type SyncFn = Extract<UserFn, { kind: "map" | "flatMap" | "filter" | "partition" }>;

/** Operators of `map`, `filter`, `flatMap` and `partition`: no promise, no iterator, no wrapper. */
export function functionOperator(context: OperatorContext, fn: SyncFn): Operator {
  return {
    receive: eachWindow(context, fn.fn, receiverOf(context, fn)),
    text: textReceiverOf(context, fn),
  };
}

/** Takes strings as bytes, where the function is one of ours that works on bytes as well. */
function textReceiverOf(context: OperatorContext, fn: SyncFn): ReceiveText | undefined {
  const { metrics, mainPorts } = context;
  const { text, keyText: next } = mainPorts;
  if (fn.kind === "flatMap" && fn.tokens !== undefined && text !== undefined) {
    return tokenScanner(fn.tokens, metrics, text);
  }
  if (fn.kind !== "map" || fn.keysOf === undefined || next === undefined) return undefined;
  return specialise<ReceiveText>({ metrics, next, value: fn.keysOf.value }, KEYS);
}

const KEYS = `(bytes, start, end, meta) => {
  metrics.elements++;
  next(bytes, start, end, value, meta);
}`;

function receiverOf(context: OperatorContext, fn: SyncFn): Receive {
  const { step, metrics, main } = context;
  const failed = (cause: unknown, element: unknown) => userCodeError(step.name, cause, element);
  const bindings = { fn: fn.fn, ctx: new StepContext(context), next: main, metrics, failed };
  switch (fn.kind) {
    case "map":
      return specialise<Receive>(bindings, MAP);
    case "filter":
      return specialise<Receive>({ ...bindings, notBoolean }, FILTER);
    case "flatMap":
      return specialise<Receive>({ ...bindings, emitAll, step: step.name }, FLAT_MAP);
    case "partition": {
      const targets = Array.from({ length: fn.count }, (_, i) => context.outputs.get(String(i)));
      return specialise<Receive>({ ...bindings, targets, noSuchPart }, PARTITION);
    }
  }
}

const MAP = `(value, meta) => {
  metrics.elements++;
  ctx.meta = meta;
  let result;
  try { result = fn(value, ctx); } catch (cause) { throw failed(cause, value); }
  next(result, meta);
}`;

const FILTER = `(value, meta) => {
  metrics.elements++;
  ctx.meta = meta;
  let keep;
  try {
    keep = fn(value, ctx);
    if (keep !== true && keep !== false) keep = notBoolean(keep);
  } catch (cause) { throw failed(cause, value); }
  if (keep) next(value, meta);
}`;

// Arrays, by far the most common result, are walked by index.
const FLAT_MAP = `(value, meta) => {
  metrics.elements++;
  ctx.meta = meta;
  let result;
  try { result = fn(value, ctx); } catch (cause) { throw failed(cause, value); }
  if (Array.isArray(result)) {
    for (let i = 0; i < result.length; i++) next(result[i], meta);
  } else {
    try { emitAll(result, next, meta); } catch (cause) { throw failed(cause, value); }
  }
}`;

const PARTITION = `(value, meta) => {
  metrics.elements++;
  ctx.meta = meta;
  let target;
  try {
    const part = fn(value, ctx);
    target = targets[part];
    if (target === undefined) noSuchPart(part, targets.length);
  } catch (cause) { throw failed(cause, value); }
  target(value, meta);
}`;

/** Truthiness counts, as in `Array.prototype.filter`, but a promise is always truthy: a mistake. */
function notBoolean(result: unknown): boolean {
  if (isThenable(result)) {
    throw new BeamlineError(
      "ASYNC_CALLBACK",
      "Cannot filter by a promise: filter() takes a synchronous predicate; use mapAsync() first",
    );
  }
  return Boolean(result);
}

/** Emits the items of what a flatMap function returned. */
export function emitAll(result: unknown, next: Receive, meta: Parameters<Receive>[1]): void {
  if (typeof result === "string" || !isIterable(result)) {
    throw new BeamlineError(
      "NOT_ITERABLE",
      `Cannot emit the items of ${shorten(result)}: flatMap() takes a function that returns an array or another iterable; return [] for nothing, [value] for one, or use map()`,
    );
  }
  for (const item of result) next(item, meta);
}

function noSuchPart(part: unknown, count: number): never {
  throw new BeamlineError(
    "NO_SUCH_PARTITION",
    `Cannot send an element to partition ${shorten(part)}: there are ${count}; return a whole number from 0 to ${count - 1}`,
  );
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

/** The operator of a flatten: its inputs all arrive at the same receiver. */
export function flattenOperator({ main, mainPorts, metrics }: OperatorContext): Operator {
  const { text, keyText } = mainPorts;
  const passing = <Fn>(next: Fn, parameters: string): Fn =>
    specialise<Fn>(
      { next, metrics },
      `(${parameters}) => { metrics.elements++; next(${parameters}); }`,
    );
  return {
    receive: passing(main, "value, meta"),
    text: text && passing(text, "bytes, start, end, meta"),
    keyText: keyText && passing(keyText, "bytes, start, end, value, meta"),
  };
}
