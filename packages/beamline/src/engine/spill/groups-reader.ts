import { ByteReader } from "../../bytes/byte-reader.js";
import type { RecordReader } from "../shuffle-reader.js";
import type { Groups, Values } from "./groups.js";

/** Goes through the records of groups, key by key. */
export class GroupsReader implements RecordReader {
  key = new ByteReader(Buffer.alloc(0));
  value = new ByteReader(Buffer.alloc(0));
  private readonly groups: Groups;
  private group = -1;
  private values: Values | undefined;

  constructor(groups: Groups) {
    this.groups = groups;
  }

  next(): boolean {
    for (;;) {
      const value = this.values?.next();
      if (value !== undefined) {
        this.value = value;
        // Whoever read the key before moved past it.
        this.key = this.groups.key(this.group);
        return true;
      }
      if (++this.group >= this.groups.size) return false;
      this.values = this.groups.values(this.group);
    }
  }
}
