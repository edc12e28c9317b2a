/** A run of encoded records: the unit in which the engine stores and moves data. */
export interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly records: number;
  /** The work in it, in bytes of input or of its own. */
  readonly weight: number;
  /** Blocks of one partition of a shuffle hold all values of their keys. */
  readonly partition: number;
}
