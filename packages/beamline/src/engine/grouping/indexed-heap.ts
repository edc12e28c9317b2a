/** An item of a heap, and where it stands. Not in the heap while `slot` is negative. */
export interface HeapNode<Item> {
  readonly item: Item;
  at: number;
  slot: number;
}

export function heapNode<Item>(item: Item): HeapNode<Item> {
  return { item, at: Number.POSITIVE_INFINITY, slot: -1 };
}

/** A binary heap of instants, earliest first, whose items can move and leave. */
export class IndexedHeap<Item> {
  private readonly nodes: HeapNode<Item>[] = [];

  get first(): HeapNode<Item> | undefined {
    return this.nodes[0];
  }

  /** Puts a node at an instant; at infinity it leaves the heap. */
  set(node: HeapNode<Item>, at: number): void {
    const before = node.at;
    node.at = at;
    if (node.slot < 0) {
      if (at === Number.POSITIVE_INFINITY) return;
      node.slot = this.nodes.length;
      this.nodes.push(node);
      this.rise(node);
    } else if (at === Number.POSITIVE_INFINITY) {
      this.remove(node);
    } else if (at < before) {
      this.rise(node);
    } else if (at > before) {
      this.sink(node);
    }
  }

  private remove(node: HeapNode<Item>): void {
    const { nodes } = this;
    const last = nodes.pop() as HeapNode<Item>;
    const { slot } = node;
    node.slot = -1;
    if (last === node) return;
    nodes[slot] = last;
    last.slot = slot;
    this.rise(last);
    this.sink(last);
  }

  private rise(node: HeapNode<Item>): void {
    const { nodes } = this;
    let { slot } = node;
    while (slot > 0) {
      const parentSlot = (slot - 1) >> 1;
      const parent = nodes[parentSlot] as HeapNode<Item>;
      if (parent.at <= node.at) break;
      nodes[slot] = parent;
      parent.slot = slot;
      slot = parentSlot;
    }
    nodes[slot] = node;
    node.slot = slot;
  }

  private sink(node: HeapNode<Item>): void {
    const { nodes } = this;
    const { length } = nodes;
    let { slot } = node;
    for (;;) {
      let childSlot = slot * 2 + 1;
      if (childSlot >= length) break;
      let child = nodes[childSlot] as HeapNode<Item>;
      const right = nodes[childSlot + 1];
      if (right !== undefined && right.at < child.at) {
        child = right;
        childSlot++;
      }
      if (node.at <= child.at) break;
      nodes[slot] = child;
      child.slot = slot;
      slot = childSlot;
    }
    nodes[slot] = node;
    node.slot = slot;
  }
}
