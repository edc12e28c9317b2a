import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { BeamlineError } from "beamline";
import type { Descriptor } from "./descriptor.js";
import type { LayerEntry } from "./layer-entry.js";
import { tarOf } from "./layer-tar.js";
import { mediaTypes } from "./media-types.js";
import type { BlobSource } from "./repository.js";
import { storedGzip } from "./stored-gzip.js";

export interface LayerContent {
  readonly entries: readonly LayerEntry[];
  /** Jars are packed already: to pack them again costs seconds and saves nothing. */
  readonly compressed: boolean;
}

export interface StoredLayer extends BlobSource {
  /** Digest of the archive before it was packed. */
  readonly diffId: string;
}

interface LayerRecord {
  readonly descriptor: Descriptor;
  readonly diffId: string;
}

/** Goes up when the same entries make other bytes. */
const STORE_VERSION = 2;

/**
 * Layers that were made before, by what they were made of. Files count by path, size and time, so
 * a layer that is there costs no more than a look at each of its files.
 */
export class LayerStore {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async layer(content: LayerContent, signal?: AbortSignal): Promise<StoredLayer> {
    const key = keyOf(content);
    return (await this.find(key)) ?? (await this.make(key, content, signal));
  }

  private async find(key: string): Promise<StoredLayer | undefined> {
    try {
      const record: LayerRecord = JSON.parse(await readFile(this.path(`${key}.json`), "utf8"));
      const { size } = await stat(this.path(key));
      return size === record.descriptor.size ? this.stored(key, record) : undefined;
    } catch {
      return undefined;
    }
  }

  private async make(
    key: string,
    { entries, compressed }: LayerContent,
    signal: AbortSignal | undefined,
  ): Promise<StoredLayer> {
    const draft = this.path(`.${key}.${randomBytes(6).toString("hex")}`);
    try {
      await mkdir(this.folder, { recursive: true });
      const [plain, packed] = [createHash("sha256"), createHash("sha256")];
      let size = 0;
      const count = async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          packed.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      };
      const hashed = hashing(tarOf(entries), plain);
      const out = createWriteStream(draft);
      const options = signal === undefined ? {} : { signal };
      if (compressed) {
        await pipeline(hashed, createGzip({ level: GZIP_LEVEL }), count, out, options);
      } else {
        await pipeline(storedGzip(blocks(hashed)), count, out, options);
      }
      const record: LayerRecord = {
        descriptor: {
          mediaType: mediaTypes.gzipLayer,
          digest: `sha256:${packed.digest("hex")}`,
          size,
        },
        diffId: `sha256:${plain.digest("hex")}`,
      };
      await rename(draft, this.path(key));
      await writeFile(this.path(`${key}.json`), JSON.stringify(record));
      return this.stored(key, record);
    } catch (error) {
      signal?.throwIfAborted();
      throw storeError(this.folder, error);
    } finally {
      await rm(draft, { force: true });
    }
  }

  private stored(key: string, record: LayerRecord): StoredLayer {
    const open = () => createReadStream(this.path(key), { highWaterMark: 1 << 20 });
    return { ...record, open };
  }

  private path(name: string): string {
    return join(this.folder, name);
  }
}

const GZIP_LEVEL = 6;
/** Sixteen blocks of a gzip file that stores. */
const BLOCK_BYTES = 16 * 0xffff;

/** The same bytes, cut where it does not hang on how they came. */
async function* blocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const count = chunk.copy(block, filled, at);
      at += count;
      filled += count;
      if (filled < BLOCK_BYTES) continue;
      yield block;
      block = Buffer.allocUnsafe(BLOCK_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

async function* hashing(
  chunks: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

function keyOf({ entries, compressed }: LayerContent): string {
  const hash = createHash("sha256");
  // Another zlib packs the same bytes otherwise.
  hash.update(JSON.stringify([STORE_VERSION, compressed && process.versions.zlib, process.arch]));
  for (const entry of entries) {
    if (entry.kind !== "file") {
      hash.update(JSON.stringify(entry));
      continue;
    }
    const { content, ...rest } = entry;
    hash.update(JSON.stringify(rest));
    if ("bytes" in content) {
      hash.update(content.bytes);
    } else {
      const { size, mtimeMs, ino } = statSync(content.file);
      hash.update(JSON.stringify([content.file, size, mtimeMs, ino]));
    }
  }
  return hash.digest("hex");
}

function storeError(folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  return new BeamlineError(
    "CACHE_FAILED",
    `Cannot keep image layers in "${folder}": ${error.message}; free some space, or set XDG_CACHE_HOME to another folder`,
    { origin: "remote", cause: error },
  );
}
