import type { ProcessContext } from "../../../fn/context.js";
import { DoFn } from "../../../fn/do-fn.js";
import { internalError } from "../../../model/errors.js";
import { planFixedShards, planShards, type Shard } from "../../text/plan-shards.js";
import type { TemporaryFile } from "../../text/shard-file.js";
import type { OutputFile, OutputFormat, WrittenShard } from "../../text/write-files.js";
import { openFile, planOf } from "../footer.js";
import { readRowGroup } from "../read-row-group.js";
import { rowMaker } from "../rows-of-columns.js";
import { type ParquetFormat, ParquetShard, parquetTools } from "./parquet-shard.js";

/** Makes the files of an output. */
export function parquetFiles(format: ParquetFormat): OutputFormat {
  return {
    async open() {
      const tools = await parquetTools(format);
      return () => new ParquetShard(format, tools);
    },
  };
}

/**
 * A shard for each large file, and small ones joined: their rows are read and written again, since
 * Parquet files can't be put one behind the other. A shard without rows is a file, too, and there
 * is at least one.
 */
export class PlanParquetShards extends DoFn<readonly (TemporaryFile | WrittenShard)[], Shard[]> {
  private readonly format: ParquetFormat;
  private readonly shards: number | undefined;
  private make: (() => OutputFile) | undefined;
  private file: OutputFile | undefined;

  constructor(format: ParquetFormat, shards: number | undefined) {
    super();
    this.format = format;
    this.shards = shards;
  }

  override async setup(): Promise<void> {
    this.make = await parquetFiles(this.format).open();
  }

  override async process(
    written: readonly (TemporaryFile | WrittenShard)[],
    ctx: ProcessContext<Shard[]>,
  ): Promise<void> {
    const planned =
      this.shards === undefined
        ? planShards(written as readonly TemporaryFile[])
        : planFixedShards(this.shards, written as readonly WrittenShard[]);
    const shards: Shard[] = [];
    for (const shard of planned) {
      shards.push(shard.length === 1 ? shard : [await this.join(shard, ctx.signal)]);
    }
    ctx.output(shards);
  }

  override async teardown(): Promise<void> {
    await this.file?.abort();
    this.file = undefined;
  }

  private async join(shard: Shard, signal: AbortSignal): Promise<TemporaryFile> {
    const file = this.make?.();
    if (file === undefined) throw internalError("The step that plans shards was not set up");
    this.file = file;
    const make = rowMaker(this.format.rows);
    for (const part of shard) {
      const open = await openFile(part, signal);
      const { columns } = planOf(open, { rows: this.format.rows, defaults: new Map() });
      for (const group of open.groups) {
        const fields = await readRowGroup(open, group, columns, { signal });
        const rowAt = make(fields.map(({ values }) => values));
        for (let i = 0; i < Number(group.group.num_rows); i++) {
          const writing = file.add(rowAt(i));
          if (writing !== undefined) await writing;
        }
      }
    }
    const joined = await file.finish();
    this.file = undefined;
    return joined;
  }
}
