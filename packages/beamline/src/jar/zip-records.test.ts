import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readDirectory } from "./read-directory.js";
import {
  centralHeader,
  endRecords,
  MAX_32,
  movedCentralHeader,
  splitExtra,
} from "./zip-records.js";

const FAR = 6 * 2 ** 30;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-zip-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Reads a directory at `offset` of a file with a hole before it. */
async function readBack(records: readonly Buffer[], offset: number) {
  const directory = Buffer.concat(records);
  const file = await open(join(folder, "sparse.zip"), "w+");
  try {
    const end = endRecords(records.length, offset, directory.length);
    await file.write(Buffer.concat([directory, end]), 0, undefined, offset);
    return (await readDirectory(file)).entries.map(({ record: _, ...entry }) => entry);
  } finally {
    await file.close();
  }
}

test("centralHeader keeps sizes and places beyond 32 bits", async () => {
  const entries = await readBack(
    [
      centralHeader({ name: "small", size: 5, crc: 7 }, 0),
      centralHeader({ name: "large", size: FAR, crc: 8 }, 100),
      centralHeader({ name: "far", size: 5, crc: 9 }, FAR),
      centralHeader({ name: "edge", size: MAX_32, crc: MAX_32 }, MAX_32),
    ],
    FAR + 1000,
  );
  const stored = (name: string, size: number, crc: number, offset: number) => ({
    name,
    method: 0,
    crc,
    size,
    compressedSize: size,
    offset,
  });
  expect(entries).toEqual([
    stored("small", 5, 7, 0),
    stored("large", FAR, 8, 100),
    stored("far", 5, 9, FAR),
    stored("edge", MAX_32, MAX_32, MAX_32),
  ]);
});

test("movedCentralHeader changes the place and nothing else, across 32 bits both ways", async () => {
  const comment = Buffer.from("comment");
  const foreign = Buffer.from([0x55, 0x54, 2, 0, 1, 2]);
  for (const size of [5, FAR]) {
    for (const from of [10, FAR]) {
      const plain = centralHeader({ name: "name", size, crc: 1 }, from);
      const record = Buffer.concat([plain, foreign, comment]);
      record.writeUInt16LE(record.readUInt16LE(30) + foreign.length, 30);
      record.writeUInt16LE(comment.length, 32);
      for (const to of [20, FAR + 20]) {
        const moved = movedCentralHeader(record, to);
        expect(moved.subarray(-comment.length)).toEqual(comment);
        const extraAt = 46 + "name".length;
        const extra = moved.subarray(extraAt, moved.length - comment.length);
        expect(splitExtra(extra).others).toEqual(foreign);
        expect(await readBack([moved], FAR + 1000)).toEqual([
          { name: "name", method: 0, crc: 1, size, compressedSize: size, offset: to },
        ]);
      }
    }
  }
});
