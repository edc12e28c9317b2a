import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { FileDraft } from "./file-draft.js";
import { readExactly, ZipFormatError } from "./read-directory.js";
import type { ZipDirectory, ZipEntry } from "./zip-entry.js";
import {
  centralHeader,
  endRecords,
  LOCAL_HEADER,
  localHeader,
  movedCentralHeader,
} from "./zip-records.js";

const BLOCK_BYTES = 4 << 20;

/** Bytes to store, or an open file of a known size that holds them. */
export type ZipSource = Uint8Array | { readonly file: FileHandle; readonly size: number };

/**
 * Writes a zip archive from front to back: new files as they are, without compression, and files of
 * another archive as that one has them compressed.
 *
 * New files are not compressed because Node's zlib gives other bytes on another processor or in
 * another release, and the same archive should come out everywhere.
 */
export class ZipCopier {
  private readonly out: FileDraft;
  private readonly signal: AbortSignal | undefined;
  private readonly records: Buffer[] = [];
  private position = 0;
  private block: Buffer | undefined;

  /** `out` must be empty; whoever made it commits or discards it. */
  constructor(out: FileDraft, signal?: AbortSignal) {
    this.out = out;
    this.signal = signal;
  }

  async store(name: string, source: ZipSource): Promise<void> {
    const offset = this.position;
    const size = source instanceof Uint8Array ? source.length : source.size;
    const file = { name, size, crc: 0 };
    // The header's length does not depend on the checksum, which is known once the bytes are read.
    this.position += localHeader(file).length;
    const crc =
      source instanceof Uint8Array
        ? await this.writeBytes(source)
        : await this.copy(source.file, 0, source.size, (crc, bytes) => crc32(bytes, crc));
    await this.out.write(localHeader({ ...file, crc }), offset);
    this.records.push(centralHeader({ ...file, crc }, offset));
  }

  /** Takes over the entries of `source` that `keep` wants, in their order. */
  async copyEntries(
    source: FileHandle,
    directory: ZipDirectory,
    keep: (entry: ZipEntry) => boolean,
  ): Promise<void> {
    const kept = new Map<ZipEntry, number>();
    const inPlace = [...directory.entries].sort((a, b) => a.offset - b.offset);
    // Neighbours are copied in one go, whatever lies between them included.
    let run: { from: number; to: number } | undefined;
    for (const [index, entry] of inPlace.entries()) {
      if (!keep(entry)) continue;
      const end = inPlace[index + 1]?.offset ?? directory.offset;
      if (run?.to !== entry.offset) {
        await this.copyRun(source, run);
        run = { from: entry.offset, to: entry.offset };
      }
      kept.set(entry, this.position + entry.offset - run.from);
      run.to = end;
    }
    await this.copyRun(source, run);
    for (const entry of directory.entries) {
      const offset = kept.get(entry);
      if (offset !== undefined) this.records.push(movedCentralHeader(entry.record, offset));
    }
  }

  /** Writes the directory. Returns how large the archive is, and how many entries it has. */
  async finish(): Promise<{ size: number; entries: number }> {
    const offset = this.position;
    const directory = Buffer.concat(this.records);
    const end = endRecords(this.records.length, offset, directory.length);
    await this.writeBytes(directory);
    await this.writeBytes(end);
    return { size: this.position, entries: this.records.length };
  }

  private async writeBytes(bytes: Uint8Array): Promise<number> {
    this.signal?.throwIfAborted();
    await this.out.write(bytes, this.position);
    this.position += bytes.length;
    return crc32(bytes);
  }

  private async copyRun(
    source: FileHandle,
    run: { from: number; to: number } | undefined,
  ): Promise<void> {
    if (run === undefined) return;
    const signature = await readExactly(source, run.from, 4);
    if (signature.readUInt32LE(0) !== LOCAL_HEADER) {
      throw new ZipFormatError("its table of contents does not fit its contents");
    }
    await this.copy(source, run.from, run.to - run.from, () => 0);
  }

  private async copy(
    source: FileHandle,
    from: number,
    length: number,
    digest: (crc: number, bytes: Buffer) => number,
  ): Promise<number> {
    this.block ??= Buffer.allocUnsafe(BLOCK_BYTES);
    let crc = 0;
    for (let done = 0; done < length; ) {
      this.signal?.throwIfAborted();
      const want = Math.min(this.block.length, length - done);
      const { bytesRead } = await source.read(this.block, 0, want, from + done);
      if (bytesRead === 0) throw new ZipFormatError("it became shorter while it was read");
      const bytes = this.block.subarray(0, bytesRead);
      crc = digest(crc, bytes);
      await this.out.write(bytes, this.position);
      this.position += bytesRead;
      done += bytesRead;
    }
    return crc;
  }
}
