import { describe, expect, test } from "vitest";
import type { ElementContext } from "./context.js";
import { type RetryEnvironment, retrying } from "./retrying.js";

/** Sleeps are noted down and take no time; chance is always `chance`. */
function scripted(chance = 0): RetryEnvironment & { readonly sleeps: number[] } {
  const sleeps: number[] = [];
  return {
    sleeps,
    random: () => chance,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      sleeps.push(milliseconds);
    },
  };
}

function context(signal = new AbortController().signal) {
  let retries = 0;
  const ctx = {
    signal,
    counter: () => ({
      inc() {
        retries++;
      },
    }),
    get retries() {
      return retries;
    },
  };
  return ctx as unknown as ElementContext<never> & { readonly retries: number };
}

/** Fails `failures` times, then gives "done". */
function failing(failures: number) {
  let calls = 0;
  return async () => {
    if (++calls <= failures) throw new Error(`failure ${calls}`);
    return "done";
  };
}

const ELEMENT = 1 as never;

describe("retrying", () => {
  test("gives the function itself where there is nothing to add", () => {
    const fn = failing(0);
    expect(retrying("Call", fn, { concurrency: 3 })).toBe(fn);
  });

  test("tries again with delays that double up to the bound, and counts", async () => {
    const environment = scripted();
    const ctx = context();
    const retry = { attempts: 6, delay: 100, maxDelay: { milliseconds: 500 } };
    const fn = retrying("Call", failing(5), { retry }, environment);
    expect(await fn(ELEMENT, ctx)).toBe("done");
    expect(environment.sleeps).toEqual([100, 200, 400, 500, 500]);
    expect(ctx.retries).toBe(5);
  });

  test("leaves a share of the delay to chance", async () => {
    const environment = scripted(0.5);
    const fn = retrying("Call", failing(1), { retry: { delay: 100, jitter: 0.4 } }, environment);
    await fn(ELEMENT, context());
    expect(environment.sleeps).toEqual([80]);
  });

  test("gives the last failure up once the attempts are used up", async () => {
    const fn = retrying("Call", failing(9), { retry: { attempts: 3 } }, scripted());
    await expect(fn(ELEMENT, context())).rejects.toThrow("failure 3");
  });

  test("does not try again what retryIf turns down", async () => {
    const environment = scripted();
    const retry = { retryIf: (error: unknown) => !String(error).includes("failure 2") };
    const fn = retrying("Call", failing(3), { retry }, environment);
    await expect(fn(ELEMENT, context())).rejects.toThrow("failure 2");
    expect(environment.sleeps).toHaveLength(1);
  });

  test("stops waiting when the bundle is cancelled", async () => {
    const controller = new AbortController();
    const fn = retrying("Call", failing(9), { retry: { delay: { hours: 1 }, jitter: 0 } });
    const call = fn(ELEMENT, context(controller.signal));
    controller.abort(new Error("cancelled"));
    await expect(call).rejects.toThrow(/cancelled|failure 1/);
  });

  test("aborts an attempt that takes longer than its timeout, and tries again", async () => {
    const reasons: unknown[] = [];
    let calls = 0;
    const slow = (_element: never, { signal }: ElementContext<never>) =>
      ++calls > 1
        ? Promise.resolve("done")
        : new Promise<never>(() => {
            signal.addEventListener("abort", () => reasons.push(signal.reason));
          });
    const fn = retrying("Call", slow, { timeout: 5, retry: { delay: 0 } });
    expect(await fn(ELEMENT, context())).toBe("done");
    expect(reasons.map(String)).toEqual([expect.stringContaining("longer than 5 ms")]);
  });

  test.each([
    [{ retry: { attempts: 0 } }, "retry.attempts is 0"],
    [{ retry: { factor: 0.5 } }, "retry.factor is 0.5"],
    [{ retry: { jitter: 2 } }, "retry.jitter is 2"],
    [{ retry: { delay: -1 } }, "-1 is no duration"],
    [{ timeout: 0 }, "its timeout is 0"],
  ])("refuses %j when it is applied", (options, problem) => {
    expect(() => retrying("Call", failing(0), options)).toThrow(problem);
  });
});
