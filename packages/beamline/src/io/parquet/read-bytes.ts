import type { ByteRange, FileSystem, ReadOptions } from "../filesystem/file-system.js";

/** So that few blocks are put together; an object store fetches several at a time by itself. */
const BLOCK_SIZE = 4 << 20;

/** A range of a file in one piece. */
export async function readBytes(
  fileSystem: FileSystem,
  path: string,
  range: ByteRange,
  options: ReadOptions,
): Promise<Buffer> {
  const length = range.end - range.start;
  const blocks = fileSystem.read(path, range, { ...options, blockSize: BLOCK_SIZE });
  let whole: Buffer | undefined;
  let at = 0;
  for await (const block of blocks) {
    // Nobody asks for another block after one that is all there is: it stays valid.
    if (block.length === length) return block;
    whole ??= Buffer.allocUnsafeSlow(length);
    block.copy(whole, at);
    at += block.length;
  }
  return whole ?? Buffer.alloc(0);
}
