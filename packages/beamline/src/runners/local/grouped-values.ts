import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import type { Groups } from "../../engine/spill/groups.js";

/** The values of one key, decoded as they are iterated; each iteration starts anew. */
export class GroupedValues implements Iterable<unknown> {
  private readonly groups: Groups;
  private readonly group: number;
  private readonly coder: Coder<unknown>;

  constructor(groups: Groups, group: number, coder: Coder<unknown>) {
    this.groups = groups;
    this.group = group;
    this.coder = coder;
  }

  // By hand: a generator costs several times as much a value.
  [Symbol.iterator](): Iterator<unknown> {
    const { coder } = this;
    const cursor = this.groups.values(this.group);
    return {
      next() {
        const reader = cursor.next();
        return reader === undefined
          ? { done: true, value: undefined }
          : { done: false, value: coder.decode(reader) };
      },
    };
  }
}

/** The values of a pane, decoded as they are iterated; each iteration starts anew. */
export class PaneValues implements Iterable<unknown> {
  private readonly values: readonly Uint8Array[];
  private readonly coder: Coder<unknown>;

  constructor(values: readonly Uint8Array[], coder: Coder<unknown>) {
    this.values = values;
    this.coder = coder;
  }

  [Symbol.iterator](): Iterator<unknown> {
    const { values, coder } = this;
    let at = 0;
    return {
      next() {
        const bytes = values[at++];
        return bytes === undefined
          ? { done: true, value: undefined }
          : { done: false, value: coder.decode(new ByteReader(bytes)) };
      },
    };
  }
}
