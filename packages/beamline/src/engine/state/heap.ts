/** A binary heap: `peek` is the least. */
export class Heap<T> {
  private readonly isLess: (a: T, b: T) => boolean;
  private items: T[] = [];

  constructor(isLess: (a: T, b: T) => boolean) {
    this.isLess = isLess;
  }

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items, isLess } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] as T;
      if (!isLess(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (items.length > 0 && last !== undefined) this.sink(last);
    return first;
  }

  /** Holds exactly these from now on. */
  fill(items: Iterable<T>): void {
    this.items = [];
    for (const item of items) this.push(item);
  }

  /** Puts `item` where the first one was, then as far down as it belongs. */
  private sink(item: T): void {
    const { items, isLess } = this;
    const { length } = items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && isLess(items[child + 1] as T, items[child] as T)) child++;
      const below = items[child] as T;
      if (!isLess(below, item)) break;
      items[at] = below;
      at = child;
    }
    items[at] = item;
  }
}
