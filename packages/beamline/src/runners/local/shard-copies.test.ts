import { describe, expect, test } from "vitest";
import { js } from "../../coders/js.js";
import { kv } from "../../coders/kv.js";
import type { Block } from "../../engine/block.js";
import { writeMeta } from "../../engine/meta-codec.js";
import { ShuffleWriter } from "../../engine/shuffle-writer.js";
import type { Times } from "../../engine/times.js";
import { NO_FIRING } from "../../model/pane.js";
import type { StateScope } from "../../model/state-scope.js";
import { END_OF_GLOBAL_WINDOW } from "../../model/time.js";
import { GLOBAL_WINDOWING } from "../../windowing/windowing-strategy.js";
import { fixedWindows, interval } from "../../windowing/windows.js";
import type { BundleWork, Executor } from "./bundle-work.js";
import type { Dataset } from "./plan.js";
import { replayGroups } from "./replay-groups.js";
import { Shard } from "./shard.js";
import { ShardCopies } from "./shard-copies.js";

const coder = kv(js, js) as Dataset["coder"];
const keyed: Dataset = {
  id: "keyed",
  kind: "keyed",
  coder,
  windowing: GLOBAL_WINDOWING,
  isBounded: false,
};
const windowing = { ...GLOBAL_WINDOWING, windowFn: fixedWindows({ seconds: 10 }) };
const groups: Dataset = {
  ...keyed,
  id: "groups",
  kind: "groups",
  windowing,
  grouping: "triggered",
};

/** Tells threads apart, which is all that copies want of them. */
const [first, second] = [{}, {}] as unknown as [Executor, Executor];

function workOf(blocks: readonly Block[], times: Times): BundleWork {
  return { stage: "S", blocks, sideInputs: [], shard: 0, times };
}

function scope(key: string): StateScope {
  const bytes = new Uint8Array(Buffer.from(key));
  return { key: bytes, window: new Uint8Array(0), id: key, expiry: END_OF_GLOBAL_WINDOW };
}

const at = (watermark: number): Times => ({ watermark, processingTime: 0 });

/** The copies of a shard that has run bundles on the first thread, as each was committed. */
class Bundles {
  readonly copies = new ShardCopies();
  readonly shard: Shard;
  readonly kinds: string[] = [];

  constructor(dataset: Dataset, shards: number) {
    this.shard = new Shard(dataset, { keepsChanges: true, shards });
  }

  run(work: BundleWork, change: (shard: Shard) => void): void {
    this.shard.begin(work.times);
    change(this.shard);
    this.shard.commit();
    const changed = this.shard.takeChange(work);
    if (changed === undefined) throw new Error("the shard says of no change");
    this.kinds.push(changed.kind);
    this.copies.committed(first, work, { blocks: [], steps: [], change: changed });
  }

  /** As another thread makes it again. */
  again(dataset: Dataset): Shard {
    const { restore } = this.copies.workFor(second, workOf([], at(0)));
    return new Shard(dataset, { copy: restore });
  }
}

describe("ShardCopies", () => {
  test("give a shard to a thread that has not got it, and to no other", () => {
    const bundles = new Bundles(keyed, 1);
    const work = workOf([], at(0));
    expect(bundles.copies.workFor(second, work)).toBe(work);
    bundles.run(work, ({ state }) => state?.bag("S", "b").append(scope("k"), Buffer.from("1")));
    expect(bundles.copies.workFor(first, work)).toBe(work);
    expect(bundles.copies.workFor(second, work).restore?.changes).toHaveLength(1);
    expect(bundles.copies.workFor(second, { ...work, stage: "T" }).restore).toBeUndefined();
  });

  test("make state again from changes, and from a snapshot once they are many", () => {
    // So many shards that a few kilobytes are many.
    const bundles = new Bundles(keyed, 4096);
    for (let i = 0; i < 60; i++) {
      bundles.run(workOf([], at(i)), ({ state }) => {
        if (state === undefined) return;
        state.bag("S", "bag").append(scope(`key ${i % 7}`), Buffer.from(`${i},`));
        state.map("S", "map").set(scope("k"), Buffer.from(`${i % 5}`), Buffer.alloc(500, i));
        state.takeDueTimers(at(i));
        state.set({
          ...{ step: "S", family: "f", tag: `${i}`, scope: scope("k"), domain: "event-time" },
          ...{ fireTimestamp: i + 3, holdTimestamp: i },
        });
      });
      expect(bundles.again(keyed).state?.snapshot()).toEqual(bundles.shard.state?.snapshot());
    }
    expect(new Set(bundles.kinds)).toEqual(new Set(["state", "snapshot"]));
    expect(bundles.kinds.filter((kind) => kind === "snapshot").length).toBeGreaterThan(1);
  });

  test("make groups again from the elements that came in, and from a snapshot", () => {
    const bundles = new Bundles(groups, 4096);
    for (let i = 0; i < 60; i++) {
      const work = workOf(elements(i), at(i * 1000));
      bundles.run(work, ({ grouper }) => {
        if (grouper === undefined) return;
        // As the shard's thread does it, without a transaction of its own.
        grouper.rollback();
        replayGroups(grouper, work.blocks, work.times);
        grouper.begin();
      });
      const again = bundles.again(groups).grouper;
      expect(again?.inspect()).toEqual(bundles.shard.grouper?.inspect());
      expect(again?.snapshot()).toEqual(bundles.shard.grouper?.snapshot());
      expect(again?.nextEventTime).toBe(bundles.shard.grouper?.nextEventTime);
    }
    expect(new Set(bundles.kinds)).toEqual(new Set(["input", "snapshot"]));
  });
});

/** Some elements at second `i`. */
function elements(i: number): Block[] {
  const writer = new ShuffleWriter(1);
  const start = Math.floor(i / 10) * 10_000;
  for (let key = 0; key < 5; key++) {
    writer.scratch.writeBytes(Buffer.from(`key ${key}`));
    writer.key();
    const windows = [interval(start, start + 10_000)];
    writeMeta({ timestamp: i * 1000, windows, pane: NO_FIRING }, writer.scratch);
    writer.scratch.writeBytes(Buffer.alloc(100, i));
    writer.commit();
  }
  return writer.take();
}
