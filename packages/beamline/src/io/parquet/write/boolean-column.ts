import type { ChunkWriter } from "./chunk-writer.js";
import type { ColumnWriter, FinishedColumns } from "./column-writer.js";
import { notOfType } from "./not-of-type.js";

/** BOOLEAN: a bit for each. */
export class BooleanColumn implements ColumnWriter {
  readonly name: string;
  private readonly chunk: ChunkWriter;
  private bits = new Uint8Array(1024);
  private count = 0;

  constructor(name: string, chunk: ChunkWriter) {
    this.name = name;
    this.chunk = chunk;
  }

  get size(): number {
    return this.count >> 3;
  }

  add(value: unknown): void {
    if (this.chunk.takesNull(value)) return;
    if (typeof value !== "boolean") throw notOfType(value, "a boolean");
    const at = this.count >> 3;
    if (at === this.bits.length) {
      const larger = new Uint8Array(at * 2);
      larger.set(this.bits);
      this.bits = larger;
    }
    if (value) this.bits[at] = (this.bits[at] as number) | (1 << (this.count & 7));
    this.count++;
    this.chunk.levels?.add(true);
  }

  finish(start: number): FinishedColumns {
    this.chunk.addData(this.bits.subarray(0, (this.count + 7) >> 3), this.count, "PLAIN");
    this.bits.fill(0);
    this.count = 0;
    return this.chunk.finish(start, undefined);
  }
}
