import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import {
  END_OF_GLOBAL_WINDOW,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type Timestamp,
} from "../model/time.js";
import { AtomicCoder } from "./atomic-coder.js";
import { cannotEncode, corruptBytes } from "./coder-errors.js";

const TWO_32 = 0x1_0000_0000;
/** What flips the sign bit, so that the bytes sort as the instants do. */
const SIGN = 0x8000_0000;

/** The instants that a double stands for without being equal to them: see model/time.ts. */
const EXACT_MILLIS: readonly (readonly [Timestamp, bigint])[] = [
  [MIN_TIMESTAMP, -9_223_372_036_854_775n],
  [MAX_TIMESTAMP, 9_223_372_036_854_775n],
  [END_OF_GLOBAL_WINDOW, 9_223_371_950_454_775n],
];

/** The exact milliseconds that `timestamp` stands for. */
export function exactMillis(timestamp: Timestamp): bigint {
  if (!Number.isInteger(timestamp) || timestamp < MIN_TIMESTAMP || timestamp > MAX_TIMESTAMP) {
    throw cannotEncode(timestamp, "a whole number of milliseconds in Beam's range", "timestamp");
  }
  const extreme = EXACT_MILLIS.find(([standIn]) => standIn === timestamp);
  return extreme === undefined ? BigInt(timestamp) : extreme[1];
}

/**
 * The timestamp that stands for exactly `millis`. Beyond 2^53 some instants have none, and throw
 * rather than move by a millisecond.
 */
export function timestampOfMillis(millis: bigint): Timestamp {
  const timestamp = Number(millis);
  if (
    timestamp >= MIN_TIMESTAMP &&
    timestamp <= MAX_TIMESTAMP &&
    exactMillis(timestamp) === millis
  ) {
    return timestamp;
  }
  throw corruptBytes(
    "the timestamp",
    `${millis} ms lies outside the instants that Beamline can hold`,
  );
}

/** Writes milliseconds since the epoch as eight bytes, big-endian, with the sign bit flipped. */
export function writeTimestamp(timestamp: Timestamp, out: ByteWriter): void {
  if (Number.isSafeInteger(timestamp)) {
    const high = Math.floor(timestamp / TWO_32);
    out.writeInt32(high ^ SIGN);
    out.writeInt32(timestamp - high * TWO_32);
  } else {
    const millis = exactMillis(timestamp);
    out.writeInt32(Number(millis >> 32n) ^ SIGN);
    out.writeInt32(Number(BigInt.asIntN(32, millis)));
  }
}

/** Reads what {@link writeTimestamp} wrote. */
export function readTimestamp(input: ByteReader): Timestamp {
  const high = input.readInt32() ^ SIGN;
  const low = input.readInt32() >>> 0;
  const timestamp = high * TWO_32 + low;
  if (Number.isSafeInteger(timestamp)) return timestamp;
  return timestampOfMillis((BigInt(high) << 32n) + BigInt(low));
}

class TimestampCoder extends AtomicCoder<Timestamp> {
  readonly urn = "beamline:coder:timestamp:v1";

  encode(value: Timestamp, out: ByteWriter): void {
    writeTimestamp(value, out);
  }

  decode(input: ByteReader): Timestamp {
    return readTimestamp(input);
  }
}

/**
 * Instants in milliseconds since the epoch, in the eight bytes that Beam has for them inside
 * windows, timers and windowed values. Beam's three extreme instants are exact on the wire.
 */
export const timestamp: AtomicCoder<Timestamp> = new TimestampCoder();
