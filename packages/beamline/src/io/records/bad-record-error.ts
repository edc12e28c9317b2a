import { BeamlineError } from "../../model/errors.js";
import { locate } from "../filesystem/file-systems.js";
import type { InputFile } from "../filesystem/input-file.js";
import type { BadRecord } from "./bad-record.js";

export type Refused = Omit<BadRecord, "file">;

/** Thrown where a record is refused and nobody collects those. */
export class RefusedRecord extends Error {
  readonly file: InputFile;
  readonly refused: Refused;

  constructor(file: InputFile, refused: Refused) {
    super(refused.reason);
    this.file = file;
    this.refused = refused;
  }
}

/** Characters of the record that are shown. */
const SHOWN = 120;
/** Up to here a file is read once more to number the line. */
const COUNTED = 2 ** 30;
const NEWLINE = 10;

/** `BAD_RECORD`: says where a record is that can't be read, what it looks like, and why. */
export async function badRecordError(
  { file, refused }: RefusedRecord,
  kind: string,
  signal: AbortSignal,
): Promise<BeamlineError> {
  const { reason, offset, line, raw } = refused;
  const number = line ?? (await countLines(file, offset, signal));
  const place = number === undefined ? `byte ${offset}` : `line ${number} (byte ${offset})`;
  const shown = raw.length > SHOWN ? `${raw.slice(0, SHOWN)}...` : raw;
  return new BeamlineError(
    "BAD_RECORD",
    `Cannot read "${file.path}": at ${place} is no ${kind}: ${reason}; mend it, or collect such records with { onError: "collect" }. It begins: ${shown}`,
  );
}

/** The number of the line at a byte; undefined where that would take long. */
async function countLines(
  { path, version }: InputFile,
  offset: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (offset > COUNTED) return undefined;
  const { fileSystem, path: located } = await locate(path);
  let lines = 1;
  const before = { start: 0, end: offset };
  for await (const block of fileSystem.read(located, before, { signal, version })) {
    for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) lines++;
  }
  return lines;
}
