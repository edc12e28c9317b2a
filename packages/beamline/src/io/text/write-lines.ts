import type { ProcessContext } from "../../fn/context.js";
import { notALine, ShardFile, type ShardFormat } from "./shard-file.js";
import { Deal, type OutputFormat } from "./write-files.js";

/** Makes the files of an output of lines. */
export function lineFiles(format: ShardFormat): OutputFormat<string> {
  return { open: async () => () => new ShardFile(format) };
}

/** Deals lines out to shards, and refuses what is none. */
export class DealLines extends Deal<string> {
  constructor(shards: number) {
    super(shards, hash);
  }

  override process(line: string, ctx: ProcessContext<[shard: number, line: string]>): void {
    if (typeof line !== "string") throw notALine(line);
    super.process(line, ctx);
  }
}

/** FNV-1a of the first characters. */
function hash(line: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < line.length && i < 64; i++) {
    value = Math.imul(value ^ line.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
