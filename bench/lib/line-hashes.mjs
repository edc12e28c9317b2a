const NEWLINE = 10;

/**
 * A hash of lines that does not depend on their order: the sum of the hashes of all lines, or, with
 * a key, of all groups, whose hash is made of the sum of the hashes of their lines. A group is a run
 * of lines in one file that begin with the same key. 64 bits.
 */
export class LineHashes {
  /** @param {number} [keyBytes] Default: each line is a group of its own. */
  constructor(keyBytes) {
    this.keyBytes = keyBytes;
    this.key = Buffer.alloc(keyBytes ?? 0);
    this.lines = 0;
    this.a = 0;
    this.b = 0;
    /** Of the group under way. */
    this.groupA = 0;
    this.groupB = 0;
    this.groupLines = 0;
    /** @type {Buffer} the beginning of the line under way, from earlier blocks */
    this.rest = Buffer.alloc(0);
  }

  /** @param {Buffer} block */
  add(block) {
    const bytes = this.rest.length === 0 ? block : Buffer.concat([this.rest, block]);
    let start = 0;
    for (let at = 0; ; start = at + 1) {
      at = bytes.indexOf(NEWLINE, start);
      if (at === -1) break;
      this.line(bytes, start, at);
    }
    this.rest = Buffer.from(bytes.subarray(start));
  }

  endFile() {
    if (this.rest.length > 0) this.line(this.rest, 0, this.rest.length);
    this.rest = Buffer.alloc(0);
    this.endGroup();
  }

  /** @returns {string} */
  digest() {
    const hex = (/** @type {number} */ part) => (part >>> 0).toString(16).padStart(8, "0");
    return hex(this.a) + hex(this.b);
  }

  /**
   * @param {Buffer} bytes
   * @param {number} start
   * @param {number} end
   */
  line(bytes, start, end) {
    if (start === end) return;
    if (!this.continues(bytes, start, end)) this.endGroup();
    let a = 0x811c9dc5;
    let b = end - start;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0;
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte, 0x5bd1e995);
      b ^= b >>> 15;
    }
    this.groupA = (this.groupA + mixed(a)) | 0;
    this.groupB = (this.groupB + mixed(b)) | 0;
    this.groupLines++;
    this.lines++;
  }

  /**
   * Whether the line belongs to the group under way; remembers its key where it does not.
   *
   * @param {Buffer} bytes
   * @param {number} start
   * @param {number} end
   */
  continues(bytes, start, end) {
    const { key, keyBytes } = this;
    if (keyBytes === undefined) return false;
    let same = this.groupLines > 0;
    for (let i = 0; same && i < keyBytes; i++) same = key[i] === bytes[start + i];
    if (!same) key.fill(0).set(bytes.subarray(start, Math.min(start + keyBytes, end)));
    return same;
  }

  endGroup() {
    if (this.groupLines === 0) return;
    this.a = (this.a + mixed(this.groupA ^ this.groupLines)) | 0;
    this.b = (this.b + mixed(this.groupB ^ Math.imul(this.groupLines, 0x9e3779b1))) | 0;
    this.groupA = 0;
    this.groupB = 0;
    this.groupLines = 0;
  }
}

/**
 * The finish of MurmurHash3, so that sums of similar numbers do not cancel out.
 *
 * @param {number} value
 */
function mixed(value) {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
