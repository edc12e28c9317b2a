import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import { RowColumns } from "../../coders/row/row-columns.js";
import { HASH_BYTES } from "../../engine/spill/shuffle-records.js";
import { NO_VALUE } from "../../exec/side-inputs/port.js";
import type { SideRecords } from "./side-records.js";

/** Numbers in the range of the keys, for each key, at most: more would be a waste of memory. */
const SPREAD = 2;
/** The same where rows are kept as columns, in which each of these numbers takes a place. */
const COLUMN_SPREAD = 1.5;
/** What stands for a key with several records. */
const TWICE = 0xffff_ffff;

/**
 * Finds the value of a key where keys are whole numbers that lie close together, as those of most
 * tables do: each number of their range has a place, so there is nothing to hash and to compare.
 */
export class DenseSideTable {
  /** Whether values are put together, and not decoded. */
  readonly isDecoded = false;
  private readonly keys: KeyPlaces;
  private readonly value: Coder<unknown>;

  private constructor(keys: KeyPlaces, value: Coder<unknown>) {
    this.keys = keys;
    this.value = value;
  }

  /**
   * Undefined where the keys are of another kind. Values that are rows are kept as columns where
   * these take `most` bytes or less.
   */
  static of(
    records: SideRecords,
    key: Coder<unknown>,
    value: Coder<unknown>,
    most: number,
  ): DenseSideTable | DenseSideRows | undefined {
    const places = KeyPlaces.of(records, key);
    if (places === undefined) return undefined;
    return DenseSideRows.of(places, value, most) ?? new DenseSideTable(places, value);
  }

  /** {@link NO_VALUE} where there is none. Throws what `twice` makes where there are several. */
  find(key: unknown, twice: () => Error): unknown {
    if (!isWhole(key)) return NO_VALUE;
    const { places, least, records } = this.keys;
    const place = places[key - least];
    // Undefined beyond the range.
    if (place === undefined || place === 0) return NO_VALUE;
    if (place === TWICE) throw twice();
    return this.value.decode(records.valueAt(place));
  }
}

/** Rows are added between two looks at what all of them take: few, since a row may be large. */
const SIZE_CHECK = 0x3f;

/** The same, of rows as columns. */
export class DenseSideRows {
  readonly isDecoded = true;
  /** In bytes. */
  readonly size: number;
  private readonly least: number;
  /** How many rows a key has, behind `least`: none, one, or several. */
  private readonly counts: Uint8Array;
  private readonly rowAt: (place: number) => unknown;

  private constructor(least: number, counts: Uint8Array, columns: RowColumns) {
    this.least = least;
    this.counts = counts;
    this.size = counts.length + columns.size;
    this.rowAt = columns.finish();
  }

  /** Undefined where the values are no rows that have columns, or these would be larger. */
  static of(
    { places, least, records }: KeyPlaces,
    value: Coder<unknown>,
    most: number,
  ): DenseSideRows | undefined {
    const { length } = places;
    if (length > records.count * COLUMN_SPREAD + 16) return undefined;
    const columns = RowColumns.of(value, length);
    if (columns === undefined || columns.size > most) return undefined;
    const counts = new Uint8Array(length);
    let read = 0;
    for (let i = 0; i < length; i++) {
      const place = places[i] as number;
      if (place === 0) continue;
      counts[i] = place === TWICE ? 2 : 1;
      if (place !== TWICE && !columns.read(i, records.valueAt(place))) return undefined;
      if ((++read & SIZE_CHECK) === 0 && length + columns.size > most) return undefined;
    }
    return length + columns.size > most ? undefined : new DenseSideRows(least, counts, columns);
  }

  /** {@link NO_VALUE} where there is none. Throws what `twice` makes where there are several. */
  find(key: unknown, twice: () => Error): unknown {
    if (!isWhole(key)) return NO_VALUE;
    const place = key - this.least;
    const count = this.counts[place];
    // Undefined beyond the range.
    if (count === undefined || count === 0) return NO_VALUE;
    if (count !== 1) throw twice();
    return this.rowAt(place);
  }
}

/** Of others the distance from the least key may be rounded to that of a key. */
function isWhole(key: unknown): key is number {
  return Number.isSafeInteger(key);
}

/** Where the values of keys lie that are whole numbers. */
class KeyPlaces {
  readonly records: SideRecords;
  readonly least: number;
  /** Of each number from `least` on: 0 for none. No value lies at 0, where a hash is. */
  readonly places: Uint32Array;

  private constructor(records: SideRecords, least: number, range: number) {
    this.records = records;
    this.least = least;
    this.places = new Uint32Array(range);
  }

  static of(records: SideRecords, key: Coder<unknown>): KeyPlaces | undefined {
    if (records.count === 0 || records.bytes >= TWICE) return undefined;
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const areWhole = eachKey(records, key, (decoded) => {
      if (!isWhole(decoded)) return false;
      if (decoded < least) least = decoded;
      if (decoded > most) most = decoded;
      return true;
    });
    const range = most - least + 1;
    if (!areWhole || range > records.count * SPREAD) return undefined;
    const made = new KeyPlaces(records, least, range);
    const { places } = made;
    eachKey(records, key, (decoded, place) => {
      const at = (decoded as number) - least;
      places[at] = places[at] === 0 ? place : TWICE;
      return true;
    });
    return made;
  }
}

/** Goes through the records as long as `take` says so; whether it got through all of them. */
function eachKey(
  { buffers, starts, count }: SideRecords,
  key: Coder<unknown>,
  take: (decoded: unknown, valuePlace: number) => boolean,
): boolean {
  let seen = 0;
  for (const [i, buffer] of buffers.entries()) {
    const start = starts[i] as number;
    const reader = new ByteReader(buffer);
    while (reader.remaining > 0) {
      reader.position += HASH_BYTES;
      const length = reader.readVarint();
      const end = reader.position + length;
      const decoded = key.decode(reader);
      if (reader.position !== end || !take(decoded, start + end)) return false;
      const size = reader.readVarint();
      reader.position += size;
      seen++;
    }
  }
  return seen === count;
}
