import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { readLatin1 } from "../../bytes/latin1.js";
import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import { type TimerCoder, timer } from "../../coders/timer.js";
import { wireForm } from "../../coders/wire-form.js";
import { expiryOf, windowCoderOf } from "../../exec/state/window-coding.js";
import type { DoFnSignature } from "../../fn/do-fn-signature.js";
import { isStatefulFn } from "../../graph/stateful.js";
import type { ElementMeta } from "../../model/element-meta.js";
import { internalError } from "../../model/errors.js";
import { NO_FIRING } from "../../model/pane.js";
import { EXPIRATION_FAMILY, type StateScope, type TimerRecord } from "../../model/state-scope.js";
import type { TimeDomain } from "../../model/time-domain.js";
import { maxTimestamp, type Window } from "../../model/window.js";
import type { ElementsTimers } from "../../proto/elements-codec.js";
import type { PlannedStage } from "../../runners/local/plan.js";
import type { Shard } from "../../runners/local/shard.js";
import { stepId } from "./descriptor-of-stage.js";
import { type BundleOutputs, timersId } from "./test-runner.js";
import { type BagKey, type ServeUserState, serveUserState } from "./user-state-server.js";

type State = NonNullable<Shard["state"]>;

interface Family {
  readonly name: string;
  readonly domain: TimeDomain;
}

/**
 * What a runner does for the stateful step of a stage: keeps its state and timers, in the embedded
 * engine's store, fires timers, and expires windows.
 */
export class RunnerKeys {
  readonly serve: ServeUserState;
  readonly signature: DoFnSignature;
  private readonly state: State;
  private readonly transform: string;
  private readonly families: readonly Family[];
  private readonly keyCoder: Coder<unknown>;
  private readonly windowCoder: Coder<Window>;
  private readonly timerCoder: TimerCoder<unknown>;
  private readonly windowing: PlannedStage["steps"][number]["windowing"];

  constructor(stage: PlannedStage, state: State) {
    const index = stage.steps.findIndex(
      ({ operation }) => operation.kind === "parDo" && isStatefulFn(operation.fn),
    );
    const step = stage.steps[index];
    const fn = step?.operation.kind === "parDo" ? step.operation.fn : undefined;
    if (step === undefined || fn?.kind !== "doFn" || fn.signature === undefined) {
      throw internalError(`No stateful step in "${stage.id}"`);
    }
    this.state = state;
    this.signature = fn.signature;
    this.transform = stepId(index);
    this.windowing = step.windowing;
    const expiration: Family = { name: EXPIRATION_FAMILY, domain: "event-time" };
    const { timers, onWindowExpiration } = fn.signature;
    this.families = [...timers, ...(onWindowExpiration ? [expiration] : [])];
    this.keyCoder = stage.coders.get(step.input)?.components[0] ?? js;
    this.windowCoder = windowCoderOf(step.windowing);
    this.timerCoder = timer(wireForm(this.keyCoder), this.windowCoder);
    const bag = ({ transformId, userStateId }: BagKey) => state.bag(transformId, userStateId);
    const scope = ({ key, window }: BagKey) => this.scopeOf(Buffer.from(key), Buffer.from(window));
    this.serve = serveUserState({
      read: (key) => Buffer.concat(bag(key).read(scope(key))),
      append: (key, data) => bag(key).append(scope(key), data),
      clear: (key) => bag(key).clear(scope(key)),
    });
  }

  /** Takes note of an element; false where it comes too late. */
  admit([key]: readonly [unknown, unknown], { windows }: ElementMeta): boolean {
    let isLate = false;
    for (const window of windows) {
      const scope = this.scopeOf(encoded(this.keyCoder, key), encoded(this.windowCoder, window));
      if (this.state.watermark > scope.expiry) isLate = true;
      else if (this.signature.onWindowExpiration) {
        const holdTimestamp = Math.min(maxTimestamp(window), scope.expiry);
        const what = { tag: "", domain: "event-time", fireTimestamp: scope.expiry } as const;
        const step = this.transform;
        this.state.set({ step, family: EXPIRATION_FAMILY, scope, holdTimestamp, ...what });
      }
    }
    return !isLate;
  }

  /** Timers as they go to the worker: a last segment for every family. */
  segments(instructionId: string, due: readonly TimerRecord[]): ElementsTimers[] {
    const out = new ByteWriter(256);
    return this.families.map(({ name }) => {
      out.reset();
      for (const record of due) {
        if (record.family !== name) continue;
        const { tag, fireTimestamp, holdTimestamp, scope } = record;
        const key = this.keyCoder.decode(new ByteReader(scope.key));
        const windows = [this.windowCoder.decode(new ByteReader(scope.window))];
        const times = { fireTimestamp, holdTimestamp, pane: NO_FIRING };
        this.timerCoder.encode({ kind: "set", key, tag, windows, ...times }, out);
      }
      const where = { instructionId, transformId: this.transform, timerFamilyId: name };
      return { ...where, timers: out.toBytes(), isLast: true };
    });
  }

  /** Whether the worker has sent the last of its timers. */
  isComplete({ timersEnded }: BundleOutputs): boolean {
    return this.families.every(({ name }) => timersEnded.has(timersId(this.transform, name)));
  }

  /** Sets and clears the timers that a bundle has sent. */
  take({ timers }: BundleOutputs): void {
    const step = this.transform;
    for (const { name: family, domain } of this.families) {
      const bytes = Buffer.concat(timers.get(timersId(step, family)) ?? []);
      const reader = new ByteReader(bytes);
      while (reader.remaining > 0) {
        const { key, tag, windows, ...what } = this.timerCoder.decode(reader);
        for (const window of windows) {
          const scope = this.scopeOf(
            encoded(this.keyCoder, key),
            encoded(this.windowCoder, window),
          );
          const address = { step, family, tag, scope };
          if (what.kind === "clear") this.state.clear(address);
          else {
            const { fireTimestamp, holdTimestamp } = what;
            this.state.set({ ...address, domain, fireTimestamp, holdTimestamp });
          }
        }
      }
    }
  }

  private scopeOf(key: Buffer, window: Buffer): StateScope {
    const decoded = this.windowCoder.decode(new ByteReader(window));
    const all = Buffer.concat([window, key]);
    return {
      key,
      window,
      id: readLatin1(all, 0, all.length),
      expiry: expiryOf(decoded, this.windowing),
    };
  }
}

function encoded<T>(coder: Coder<T>, value: T): Buffer {
  const out = new ByteWriter(64);
  coder.encode(value, out);
  return Buffer.from(out.view());
}
