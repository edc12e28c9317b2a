import { createHash } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DoFn, fixedWindows, type PCollection, type ProcessContext } from "beamline";
import type { Event } from "../model.js";

export interface LogFile {
  readonly path: string;
  readonly events: number;
}

const SHARDS = 5;

/** Query 10: all events in files, a few for every ten seconds. A file appears once it is whole. */
export function logToFiles(folder: string): (events: PCollection<Event>) => PCollection<LogFile> {
  return (events) =>
    events
      .window("EveryTenSeconds", fixedWindows({ seconds: 10 }))
      .keyBy("Shard", (event) => event.at % SHARDS)
      .groupByKey("Shards")
      .parDo("Write", () => new WriteFn(folder));
}

class WriteFn extends DoFn<[number, Iterable<Event>], LogFile> {
  private readonly folder: string;

  constructor(folder: string) {
    super();
    this.folder = folder;
  }

  override async setup(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
  }

  override async process(
    [shard, events]: [number, Iterable<Event>],
    ctx: ProcessContext<LogFile>,
  ): Promise<void> {
    const { window, pane } = ctx;
    const lines = Array.from(events, (event) => `${JSON.stringify(event)}\n`);
    const name = `events-${window.start}-${shard}-${pane.index}.jsonl`;
    const path = join(this.folder, name);
    // A bundle that runs again writes the same file again.
    const draft = `${path}.${createHash("sha256").update(lines.join("")).digest("hex").slice(0, 8)}`;
    await writeFile(draft, lines);
    await rename(draft, path);
    ctx.output({ path, events: lines.length });
  }
}
