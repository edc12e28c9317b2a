import type { BundleOutput, BundleWork, Executor, KeptChange, ShardCopy } from "./bundle-work.js";

interface Entry {
  /** Who has the shard itself. */
  home: Executor;
  snapshot: Uint8Array<ArrayBuffer> | undefined;
  changes: KeptChange[];
}

/**
 * What makes the shards of streams again after the thread that had them has died. Kept by the
 * thread that coordinates: it costs about as much memory as the shards themselves.
 */
export class ShardCopies {
  /** By number and stage. */
  private readonly entries = new Map<string, Entry>();

  /** The work, with a copy of its shard where the executor has not got that. */
  workFor(executor: Executor, work: BundleWork): BundleWork {
    if (work.shard === undefined) return work;
    const entry = this.entries.get(nameOf(work));
    if (entry === undefined || entry.home === executor) return work;
    const { snapshot, changes } = entry;
    const restore: ShardCopy = { snapshot, changes };
    return { ...work, restore };
  }

  /** The executor has run the bundle, and it is committed. */
  committed(executor: Executor, work: BundleWork, { change }: BundleOutput): void {
    if (change === undefined) return;
    const name = nameOf(work);
    const entry = this.entries.get(name) ?? { home: executor, snapshot: undefined, changes: [] };
    this.entries.set(name, entry);
    entry.home = executor;
    switch (change.kind) {
      case "snapshot":
        entry.snapshot = change.bytes;
        entry.changes = [];
        return;
      case "state":
        if (change.bytes.length > 0) entry.changes.push(change);
        return;
      case "input":
        entry.changes.push({ kind: "input", blocks: work.blocks, times: work.times });
    }
  }
}

function nameOf({ stage, shard }: BundleWork): string {
  return `${shard} ${stage}`;
}
