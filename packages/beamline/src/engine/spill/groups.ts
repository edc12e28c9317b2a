import type { ByteReader } from "../../bytes/byte-reader.js";

/** Encoded values, one after the other. */
export interface Values {
  /** A reader over the next one, the same each time; undefined after the last. */
  next(): ByteReader | undefined;
}

/** Keys with their values. */
export interface Groups {
  /** The number of keys. */
  readonly size: number;
  /** A reader over the encoded key of group `index`. */
  key(index: number): ByteReader;
  /** The group of an encoded key, or undefined where there is none. */
  find(key: Uint8Array): number | undefined;
  /** The encoded values of group `index`; every call begins anew, also while another goes on. */
  values(index: number): Values;
}
