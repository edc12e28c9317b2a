import { describe, expect, test } from "vitest";
import { LoadMemory, LoadPool } from "./load-memory.js";
import { LoadedGroups } from "./loaded-groups.js";
import { RecordGroups } from "./record-groups.js";
import { blocksOf, type Pair, readGroups, valuesOf } from "./testdata/spill-kit.js";

/** Groups of which it is known what loads them again, and whose first load has gone. */
class Late {
  readonly groups: LoadedGroups;
  /** The memory of each time. */
  readonly loads: LoadMemory[] = [];

  constructor(name: string, pool: LoadPool) {
    const pairs = Array.from({ length: 9 }, (_, i): Pair => [`${name}${i % 3}`, `${name} ${i}`]);
    const load = (memory: LoadMemory) => {
      const bytes = Buffer.concat(blocksOf(pairs, 1).map((block) => block.bytes));
      memory.reserve(bytes.length);
      memory.bytes.set(bytes);
      memory.length = bytes.length;
    };
    const memory = new LoadMemory();
    load(memory);
    const again = (late: LoadMemory) => {
      this.loads.push(late);
      load(late);
    };
    this.groups = new LoadedGroups(new RecordGroups(memory), again, pool);
    this.groups.close();
    memory.bytes.fill(0xff);
  }
}

describe("LoadedGroups", () => {
  test("of one pool stay loaded one at a time, when they are late", () => {
    const pool = new LoadPool(0);
    const [a, b] = [new Late("a", pool), new Late("b", pool)];
    expect(readGroups([a.groups]).get("a1")).toEqual(["a 1", "a 4", "a 7"]);
    expect(valuesOf(a.groups, 0)).toEqual(["a 0", "a 3", "a 6"]);
    expect([a.loads.length, b.loads.length]).toEqual([1, 0]);
    expect(valuesOf(b.groups, 2)).toEqual(["b 2", "b 5", "b 8"]);
    expect(valuesOf(b.groups, 1)).toEqual(["b 1", "b 4", "b 7"]);
    expect([a.loads.length, b.loads.length]).toEqual([1, 1]);
    expect(valuesOf(a.groups, 0)).toEqual(["a 0", "a 3", "a 6"]);
    expect([a.loads.length, b.loads.length]).toEqual([2, 1]);
    pool.close();
    expect(valuesOf(a.groups, 0)).toEqual(["a 0", "a 3", "a 6"]);
    expect(a.loads).toHaveLength(3);
  });

  test("are gone through in turns, without a load for each value", () => {
    const pool = new LoadPool(0);
    const late = ["a", "b", "c"].map((name) => new Late(name, pool));
    const cursors = late.map(({ groups }) => groups.values(0));
    const read = () =>
      cursors.map((cursor) => {
        const reader = cursor.next();
        return reader?.readBytes(reader.remaining).toString();
      });
    expect([read(), read(), read(), read()]).toEqual([
      ["a 0", "b 0", "c 0"],
      ["a 3", "b 3", "c 3"],
      ["a 6", "b 6", "c 6"],
      [undefined, undefined, undefined],
    ]);
    expect(late.map(({ loads }) => loads.length)).toEqual([1, 1, 1]);
  });

  test("that were begun before their load went are gone through to the end", () => {
    const pool = new LoadPool(0);
    const pairs = Array.from({ length: 4 }, (_, i): Pair => ["key", `value ${i}`]);
    const bytes = Buffer.concat(blocksOf(pairs, 1).map((block) => block.bytes));
    let loads = 0;
    const load = (into: LoadMemory) => {
      loads++;
      into.reserve(bytes.length);
      into.bytes.set(bytes);
      into.length = bytes.length;
    };
    const memory = new LoadMemory();
    load(memory);
    const groups = new LoadedGroups(new RecordGroups(memory), load, pool);
    const cursor = groups.values(0);
    const read = () => {
      const reader = cursor.next();
      return reader?.readBytes(reader.remaining).toString();
    };
    expect([read(), read()]).toEqual(["value 0", "value 1"]);
    groups.close();
    memory.bytes.fill(0xff);
    valuesOf(new Late("a", pool).groups, 0);
    expect([read(), read()]).toEqual(["value 2", "value 3"]);
    expect([read(), loads]).toEqual([undefined, 2]);
  });
});
