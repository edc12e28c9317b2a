import type { Coder } from "../../coders/coder.js";
import type { Block } from "../../engine/block.js";
import { MetaReader } from "../../engine/meta-codec.js";
import { ShuffleReader } from "../../engine/shuffle-reader.js";
import type { Groups } from "../../engine/spill/groups.js";
import type { KeyedState } from "../../engine/state/keyed-state.js";
import type { Times } from "../../engine/times.js";
import type { BundleGate } from "../../exec/bundle-processor.js";
import type { Receive } from "../../exec/receive.js";
import type { TimerReceiver } from "../../exec/state/ports.js";
import { Turn } from "../../exec/turn.js";
import { MIN_TIMESTAMP } from "../../model/time.js";
import { END } from "./end.js";
import { pairCoders } from "./pair-sinks.js";

/** Where elements and timers of a stateful step go. */
export interface KeyedTarget {
  readonly receive: Receive;
  readonly timers: TimerReceiver;
  readonly gate: BundleGate;
}

/** Feeds what has come in for the keys of a shard, after the timers that are due. */
export async function feedShard(
  coder: Coder<unknown>,
  blocks: readonly Block[],
  times: Times,
  state: KeyedState,
  target: KeyedTarget,
): Promise<void> {
  const { key, value } = pairCoders(coder);
  const { receive, gate } = target;
  await fireDue(state, times, target);
  const turn = new Turn();
  const metas = new MetaReader();
  const records = new ShuffleReader(blocks);
  while (records.next()) {
    const meta = metas.read(records.value);
    receive([key.decode(records.key), value.decode(records.value)], meta);
    if (gate.attention) await gate.clear();
    if (turn.isOver()) await turn.pass();
  }
}

/**
 * Feeds all that there will ever be for some keys: key by key, each with its timers behind it, so
 * that the state of one key at a time is kept.
 */
export async function feedWholeKeys(
  coder: Coder<unknown>,
  loads: Iterable<Groups>,
  times: Times,
  state: KeyedState,
  target: KeyedTarget,
): Promise<void> {
  const { key, value } = pairCoders(coder);
  const { receive, gate } = target;
  const turn = new Turn();
  const metas = new MetaReader();
  const arrival = { ...times, watermark: MIN_TIMESTAMP };
  state.setTimes(arrival);
  for (const groups of loads) {
    for (let group = 0; group < groups.size; group++) {
      const cursor = groups.values(group);
      for (let reader = cursor.next(); reader !== undefined; reader = cursor.next()) {
        const meta = metas.read(reader);
        receive([key.decode(groups.key(group)), value.decode(reader)], meta);
        if (gate.attention) await gate.clear();
        if (turn.isOver()) await turn.pass();
      }
      state.setTimes(END);
      await fireDue(state, END, target);
      target.timers.forgetKeys();
      state.setTimes(arrival);
    }
  }
}

/** Fires what is due, and what becomes due by it. */
async function fireDue(
  state: KeyedState,
  times: Times,
  { timers, gate }: KeyedTarget,
): Promise<void> {
  for (;;) {
    const due = state.takeDueTimers(times);
    if (due.length === 0) return;
    for (const timer of due) {
      timers.fire(timer);
      if (gate.attention) await gate.clear();
    }
  }
}
