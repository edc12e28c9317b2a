import { BeamlineError } from "../../model/errors.js";
import type { Codec, Compression, Packing } from "./codec.js";
import { gzip } from "./gzip.js";
import { zstd } from "./zstd.js";

const CODECS: ReadonlyMap<string, Codec> = new Map([
  ["gzip", gzip],
  ["zstd", zstd],
]);

/** How files of this name are packed, undefined for not at all: `.gz` and `.bgz`, `.zst` and `.zstd`. */
export function codecOf(path: string, compression: Compression): Codec | undefined {
  if (compression !== "auto") return CODECS.get(compression);
  if (/\.b?gz$/i.test(path)) return gzip;
  return /\.zstd?$/i.test(path) ? zstd : undefined;
}

/** The codec to write with; undefined for plain files. */
export function packerOf(packing: Packing): Codec | undefined {
  return CODECS.get(packing);
}

/** Refuses what was not declared, from callers without types. */
export function requireCompression(name: string, value: unknown, use: "read" | "write"): void {
  requirePacking(name, value, [...(use === "read" ? ["auto"] : []), "none", ...CODECS.keys()]);
}

/** The same for formats that pack in ways of their own. */
export function requirePacking(name: string, value: unknown, known: readonly string[]): void {
  if (known.some((each) => each === value)) return;
  throw new BeamlineError(
    "BAD_COMPRESSION",
    `Cannot apply ${name}(): compression is ${JSON.stringify(value) ?? "undefined"}; give one of ${known.map((each) => `"${each}"`).join(", ")}`,
  );
}

/**
 * Throws `PACKED_INPUT` when the first bytes of a file that is read as it is are those of a packed
 * one. No text in UTF-8 begins like this.
 */
export function requirePlain(path: string, beginning: Uint8Array): void {
  const [a, b, c, d] = beginning;
  const packing =
    a === 0x1f && b === 0x8b
      ? "gzip"
      : a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd
        ? "zstd"
        : undefined;
  if (packing === undefined) return;
  throw new BeamlineError(
    "PACKED_INPUT",
    `Cannot read "${path}": it is a ${packing} file, and its name does not say so; read it with { compression: "${packing}" }, or name it *${CODECS.get(packing)?.suffix}`,
  );
}
