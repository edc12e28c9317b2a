import { locate } from "../filesystem/file-systems.js";
import type { InputFile } from "../filesystem/input-file.js";
import type { Quoting } from "../records/quoting.js";
import { RecordCutter } from "../records/record-cutter.js";

/** How much of a file is looked at. */
const SAMPLE = 1 << 20;

/** Whether the beginning of a file has newlines in quotes, or may have. */
export async function hasQuotedNewlines(
  { path, size, version }: InputFile,
  quoting: Quoting,
): Promise<boolean> {
  let has = false;
  const cutter = new RecordCutter({
    offset: 0,
    skipFirst: false,
    longest: SAMPLE,
    quoting,
    claim: () => true,
    end: () => Number.POSITIVE_INFINITY,
    emit: (text) => {
      has ||= text.includes("\n");
    },
    refuse: () => {
      has = true;
    },
  });
  const { fileSystem, path: located } = await locate(path);
  const range = { start: 0, end: Math.min(size, SAMPLE) };
  for await (const block of fileSystem.read(located, range, { version })) {
    cutter.take(block);
    while (cutter.cutSome());
  }
  // The last record is cut off by the sample's end; if it has several lines, a quote is open.
  return has || cutter.pending.includes("\n");
}
