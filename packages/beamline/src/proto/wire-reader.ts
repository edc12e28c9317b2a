/**
 * Reads protobuf's wire format by hand. Every read is told where its message ends, and never goes
 * beyond; byte strings come out as views.
 */
export class WireReader {
  readonly buffer: Buffer;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  varint(end: number): number {
    let value = 0;
    let scale = 1;
    while (this.at < end && scale <= 2 ** 63) {
      const byte = this.buffer[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw malformed(`a number that starts before byte ${this.at} has no end`);
  }

  /** Reads a length, and says where what follows ends. */
  lengthEnd(end: number): number {
    const length = this.varint(end);
    if (length > end - this.at) {
      throw malformed(`${length} bytes announced at byte ${this.at}, ${end - this.at} left`);
    }
    return this.at + length;
  }

  text(end: number): string {
    const stop = this.lengthEnd(end);
    const text = this.buffer.toString("utf8", this.at, stop);
    this.at = stop;
    return text;
  }

  view(end: number): Buffer {
    const stop = this.lengthEnd(end);
    const view = this.buffer.subarray(this.at, stop);
    this.at = stop;
    return view;
  }

  skip(tag: number, end: number): void {
    const wireType = tag % 8;
    if (wireType === 0) this.varint(end);
    else if (wireType === 1) this.skipBytes(8, end);
    else if (wireType === 2) this.at = this.lengthEnd(end);
    else if (wireType === 5) this.skipBytes(4, end);
    else throw malformed(`wire type ${wireType} before byte ${this.at}`);
  }

  private skipBytes(count: number, end: number): void {
    if (count > end - this.at) throw malformed(`${count} bytes expected at byte ${this.at}`);
    this.at += count;
  }
}

/** A plain Error: this folder imports nothing, and gRPC reports whatever a deserializer throws. */
function malformed(state: string): Error {
  return new Error(
    `Cannot decode a wire message: ${state}; the message was cut, or the other side speaks another protocol`,
  );
}
