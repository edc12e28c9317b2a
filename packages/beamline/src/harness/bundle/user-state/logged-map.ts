import type { ByteReader } from "../../../bytes/byte-reader.js";
import type { ByteWriter } from "../../../bytes/byte-writer.js";
import { readLatin1 } from "../../../bytes/latin1.js";
import type { BagStore, MapStore } from "../../../exec/state/ports.js";
import type { StateScope } from "../../../model/state-scope.js";
import { BagLog, type LogContent } from "./bag-log.js";

const DELETE = 0;
const SET = 1;

/** Records: 1, key, value; or 0, key. Bytes have their length in front. */
class MapContent implements LogContent {
  readonly entries = new Map<string, { readonly key: Uint8Array; readonly value: Uint8Array }>();

  get size(): number {
    return this.entries.size;
  }

  read(record: ByteReader): void {
    const isSet = record.readByte() === SET;
    const key = Buffer.from(record.readBytes(record.readLength()));
    const id = readLatin1(key, 0, key.length);
    if (isSet) {
      this.entries.set(id, { key, value: Buffer.from(record.readBytes(record.readLength())) });
    } else this.entries.delete(id);
  }

  write(out: ByteWriter): void {
    for (const { key, value } of this.entries.values()) writeSet(out, key, value);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const buffer = Buffer.from(key);
    return this.entries.get(readLatin1(buffer, 0, buffer.length))?.value;
  }
}

/** A map in a bag. */
export class LoggedMap implements MapStore {
  readonly log: BagLog<MapContent>;

  constructor(bag: BagStore) {
    this.log = new BagLog(bag, () => new MapContent());
  }

  keys(scope: StateScope): readonly Uint8Array[] {
    return [...this.log.contentOf(scope).entries.values()].map(({ key }) => key);
  }

  get(scope: StateScope, key: Uint8Array): Uint8Array | undefined {
    return this.log.contentOf(scope).get(key);
  }

  set(scope: StateScope, key: Uint8Array, value: Uint8Array): void {
    this.log.add(scope, (out) => writeSet(out, key, value));
  }

  delete(scope: StateScope, key: Uint8Array): void {
    this.log.add(scope, (out) => {
      out.writeByte(DELETE);
      writeBytes(out, key);
    });
  }

  clear(scope: StateScope): void {
    this.log.clear(scope);
  }
}

function writeSet(out: ByteWriter, key: Uint8Array, value: Uint8Array): void {
  out.writeByte(SET);
  writeBytes(out, key);
  writeBytes(out, value);
}

function writeBytes(out: ByteWriter, bytes: Uint8Array): void {
  out.writeVarint(bytes.length);
  out.writeBytes(bytes);
}
