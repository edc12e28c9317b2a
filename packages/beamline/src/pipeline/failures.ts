import type { ElementContext, ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import { signatureOf } from "../fn/do-fn-signature.js";
import type { AnyDoFn, UserFn } from "../fn/user-fn.js";
import { BeamlineError } from "../model/errors.js";

/** The tag of the output to which failures go. */
export const FAILURES = "failures";

/** An element for which a function threw, where it was applied with `{ onError: "collect" }`. */
export interface Failure<T> {
  readonly element: T;
  /** Unique name of the transform whose function threw. */
  readonly transform: string;
  readonly error: {
    /** Of what was thrown: its class, such as `TypeError`. */
    readonly name: string;
    readonly message: string;
    /** Empty where what was thrown is not an error. */
    readonly stack: string;
  };
}

/** Learns the transform's name once the builder has given it one. */
export interface FailurePlace {
  transform: string;
}

type Context = ProcessContext<unknown, Record<string, unknown>, never>;
type AsyncFn = Extract<UserFn, { kind: "mapAsync" }>["fn"];
type SyncFn = Extract<UserFn, { kind: "map" | "flatMap" | "filter" }>;

/** The same function, whose failures become elements of the output {@link FAILURES}. */
export function collectingFn(fn: SyncFn, place: FailurePlace): UserFn {
  const make = () => new Collecting(fn, place) as unknown as AnyDoFn;
  return { kind: "doFn", make, signature: signatureOf(make()) };
}

/** The same for DoFns: what a failed call has emitted is not kept. */
export function collectingDoFn(fn: UserFn, label: string, place: FailurePlace): UserFn {
  if (fn.kind !== "doFn") {
    throw new BeamlineError(
      "CANNOT_COLLECT_FAILURES",
      `Cannot collect failures in "${label}": it is a splittable DoFn, part of whose restriction may be done when it fails; catch errors in its process()`,
    );
  }
  return { ...fn, make: () => collecting(fn.make(), place) };
}

/** How an asynchronous call ended. */
export type Settled =
  | { readonly value: unknown }
  | { readonly element: unknown; readonly error: Failure<unknown>["error"] };

/** The same function, which does not reject: what it was rejected with is its result. */
export function settling(fn: AsyncFn): AsyncFn {
  // A context is declared only where the function declares it: it says whether windows matter.
  const settle = async (call: () => PromiseLike<unknown>, element: unknown): Promise<Settled> => {
    try {
      return { value: await call() };
    } catch (cause) {
      return { element, error: errorOf(cause) };
    }
  };
  return fn.length < 2
    ? (element) => settle(() => (fn as (element: never) => PromiseLike<unknown>)(element), element)
    : (element, ctx) => settle(() => fn(element, ctx), element);
}

/** Sends what {@link settling} made to where it belongs. */
export function sortingFn(place: FailurePlace): UserFn {
  const make = () => new Sorting(place) as unknown as AnyDoFn;
  return { kind: "doFn", make, signature: signatureOf(make()) };
}

class Sorting extends DoFn<never, unknown, Record<string, unknown>, never> {
  private readonly place: FailurePlace;

  constructor(place: FailurePlace) {
    super();
    this.place = place;
  }

  override process(settled: Settled, ctx: Context): void {
    if ("value" in settled) ctx.output(settled.value);
    else ctx.outputTo(FAILURES, { ...settled, transform: this.place.transform });
  }
}

function failureOf(
  element: unknown,
  cause: unknown,
  { transform }: FailurePlace,
): Failure<unknown> {
  return { element, transform, error: errorOf(cause) };
}

function errorOf(cause: unknown): Failure<unknown>["error"] {
  return cause instanceof Error
    ? { name: cause.name, message: cause.message, stack: cause.stack ?? "" }
    : { name: typeof cause, message: String(cause), stack: "" };
}

/** A plain function that emits what it makes only after it has returned. */
class Collecting extends DoFn<never, unknown, Record<string, unknown>, never> {
  private readonly call: (element: never, ctx: ElementContext<never>) => readonly unknown[];
  private readonly place: FailurePlace;

  constructor(fn: SyncFn, place: FailurePlace) {
    super();
    this.call = callOf(fn);
    this.place = place;
  }

  override process(element: never, ctx: Context): void {
    let made: readonly unknown[];
    try {
      made = this.call(element, ctx);
    } catch (cause) {
      ctx.outputTo(FAILURES, failureOf(element, cause, this.place));
      return;
    }
    for (const value of made) ctx.output(value);
  }
}

function callOf({ kind, fn }: SyncFn): Collecting["call"] {
  switch (kind) {
    case "map":
      return (element, ctx) => [fn(element, ctx)];
    case "filter":
      return (element, ctx) => (fn(element, ctx) ? [element] : []);
    case "flatMap":
      return (element, ctx) => {
        const items: unknown = fn(element, ctx);
        if (typeof items === "object" && items !== null && Symbol.iterator in items) {
          return [...(items as Iterable<unknown>)];
        }
        throw new TypeError("flatMap() takes a function that returns an array or another iterable");
      };
  }
}

interface Emitted {
  readonly tag: string | undefined;
  readonly args: readonly unknown[];
}

/** `doFn` itself, whose `process` holds back what it emits until it is known to have succeeded. */
function collecting(doFn: AnyDoFn, place: FailurePlace): AnyDoFn {
  const process = doFn.process.bind(doFn);
  let emitted: Emitted[] = [];
  let outer: Context | undefined;
  let inner: Context | undefined;
  const contextFor = (ctx: Context): Context => {
    if (inner !== undefined && outer === ctx) return inner;
    outer = ctx;
    // Everything else is the context's own.
    inner = Object.create(ctx, {
      output: { value: (...args: unknown[]) => void emitted.push({ tag: undefined, args }) },
      outputTo: {
        value: (tag: string, ...args: unknown[]) => void emitted.push({ tag, args }),
      },
    }) as Context;
    return inner;
  };
  const flush = (ctx: Context): void => {
    const kept = emitted;
    emitted = [];
    for (const { tag, args } of kept) {
      if (tag === undefined) ctx.output(...(args as [unknown]));
      else ctx.outputTo(tag, ...(args as [unknown]));
    }
  };
  const failed = (element: unknown, ctx: Context, cause: unknown): void => {
    emitted = [];
    ctx.outputTo(FAILURES, failureOf(element, cause, place));
  };
  const settle = async (element: never, ctx: Context, result: unknown): Promise<void> => {
    try {
      const items = await result;
      if (isAsyncIterable(items)) for await (const item of items) contextFor(ctx).output(item);
      else emitItems(items, contextFor(ctx));
    } catch (cause) {
      failed(element, ctx, cause);
      return;
    }
    flush(ctx);
  };
  const guarded = (element: never, ctx: Context): void | Promise<void> => {
    emitted = [];
    let result: unknown;
    try {
      result = process(element, contextFor(ctx));
      if (!isAsync(result)) emitItems(result, contextFor(ctx));
    } catch (cause) {
      failed(element, ctx, cause);
      return;
    }
    if (isAsync(result)) return settle(element, ctx, result);
    flush(ctx);
  };
  Object.defineProperty(doFn, "process", { value: guarded, configurable: true });
  return doFn;
}

function emitItems(items: unknown, ctx: Context): void {
  if (items === undefined) return;
  for (const item of items as Iterable<unknown>) ctx.output(item);
}

function isAsync(result: unknown): boolean {
  return result instanceof Promise || isThenable(result) || isAsyncIterable(result);
}

function isThenable(result: unknown): boolean {
  return typeof (result as { readonly then?: unknown } | null | undefined)?.then === "function";
}

function isAsyncIterable(result: unknown): result is AsyncIterable<unknown> {
  return typeof result === "object" && result !== null && Symbol.asyncIterator in result;
}
