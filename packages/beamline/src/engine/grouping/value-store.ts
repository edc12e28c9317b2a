const NONE = -1;
const SMALL_PAGE = 4 * 1024;
const LARGE_PAGE = 1024 * 1024;

/** Records that are linked into a list. */
export interface Chain {
  /** First and last record; -1 while there is none. */
  head: number;
  tail: number;
  /** How many. */
  size: number;
  /** Their bytes. */
  bytes: number;
}

/** A state of the store that it can go back to. */
export interface StoreMark {
  readonly records: number;
  readonly live: number;
  readonly liveBytes: number;
  readonly written: number;
  readonly pages: number;
  readonly position: number;
}

/**
 * Byte strings in lists, packed into pages: a record costs sixteen bytes besides its own, and no
 * object. What lists let go of is reclaimed by {@link compact}.
 */
export class ValueStore {
  private pages: Buffer[] = [];
  /** Of the last page. */
  private position = 0;
  private pageOf = new Uint32Array(16);
  private startOf = new Uint32Array(16);
  private lengthOf = new Uint32Array(16);
  private nextOf = new Int32Array(16);
  private records = 0;
  private written = 0;
  /** In lists: records, and their bytes. */
  private live = 0;
  private liveBytes = 0;

  /** What the store occupies. */
  get bytes(): number {
    return this.pages.reduce((sum, page) => sum + page.length, 0) + this.pageOf.length * 16;
  }

  /** Whether most of the store is garbage. */
  get isWasteful(): boolean {
    const { records, live, written, liveBytes } = this;
    return (records > 1024 && records > 2 * live) || (written > 65_536 && written > 2 * liveBytes);
  }

  append(chain: Chain, value: Uint8Array): void {
    const { length } = value;
    const last = this.pages.length - 1;
    let page = this.pages[last];
    if (page === undefined || page.length - this.position < length) {
      page = this.newPage(length);
    }
    const start = this.position;
    // A loop beats the call for short values.
    if (length < 24) for (let i = 0; i < length; i++) page[start + i] = value[i] as number;
    else page.set(value, start);
    this.position = start + length;
    this.link(chain, this.newRecord(this.pages.length - 1, start, length));
    chain.bytes += length;
    this.written += length;
    this.liveBytes += length;
  }

  /** Moves the records of `from` behind those of `chain`. */
  concat(chain: Chain, from: Chain): void {
    if (from.size === 0) return;
    if (chain.size === 0) chain.head = from.head;
    else this.nextOf[chain.tail] = from.head;
    chain.tail = from.tail;
    chain.size += from.size;
    chain.bytes += from.bytes;
    empty(from);
  }

  /** Views of a list's values, in the order in which they came. */
  read({ head, size }: Chain): Uint8Array[] {
    const values = new Array<Uint8Array>(size);
    let record = head;
    for (let i = 0; i < size; i++) {
      const start = this.startOf[record] as number;
      const page = this.pages[this.pageOf[record] as number] as Buffer;
      values[i] = page.subarray(start, start + (this.lengthOf[record] as number));
      record = this.nextOf[record] as number;
    }
    return values;
  }

  /** Empties a list. */
  drop(chain: Chain): void {
    this.live -= chain.size;
    this.liveBytes -= chain.bytes;
    empty(chain);
  }

  /** Ends a list at its tail again, after records behind it were forgotten. */
  cut({ tail }: Chain): void {
    if (tail !== NONE) this.nextOf[tail] = NONE;
  }

  mark(): StoreMark {
    const { records, live, liveBytes, written, position } = this;
    return { records, live, liveBytes, written, pages: this.pages.length, position };
  }

  /** Forgets what was added and dropped since `mark`; the caller restores its lists. */
  reset({ records, live, liveBytes, written, pages, position }: StoreMark): void {
    this.records = records;
    this.live = live;
    this.liveBytes = liveBytes;
    this.written = written;
    this.pages.length = pages;
    this.position = position;
  }

  /** Moves what `chains`, all that there are, still hold to new pages. Views stay as they are. */
  compact(chains: Iterable<Chain>): void {
    const { pages, pageOf, startOf, lengthOf, nextOf } = this;
    this.pages = [];
    this.position = 0;
    const capacity = Math.max(16, this.live);
    this.pageOf = new Uint32Array(capacity);
    this.startOf = new Uint32Array(capacity);
    this.lengthOf = new Uint32Array(capacity);
    this.nextOf = new Int32Array(capacity);
    this.records = 0;
    this.live = 0;
    this.liveBytes = 0;
    this.written = 0;
    for (const chain of chains) {
      let record = chain.head;
      const { size } = chain;
      empty(chain);
      for (let i = 0; i < size; i++) {
        const start = startOf[record] as number;
        const page = pages[pageOf[record] as number] as Buffer;
        this.append(chain, page.subarray(start, start + (lengthOf[record] as number)));
        record = nextOf[record] as number;
      }
    }
  }

  private link(chain: Chain, record: number): void {
    if (chain.size === 0) chain.head = record;
    else this.nextOf[chain.tail] = record;
    chain.tail = record;
    chain.size++;
  }

  private newRecord(page: number, start: number, length: number): number {
    const record = this.records;
    if (record === this.pageOf.length) this.grow();
    this.pageOf[record] = page;
    this.startOf[record] = start;
    this.lengthOf[record] = length;
    this.nextOf[record] = NONE;
    this.records = record + 1;
    this.live++;
    return record;
  }

  private newPage(least: number): Buffer {
    const last = this.pages.at(-1)?.length ?? SMALL_PAGE / 2;
    const page = Buffer.allocUnsafeSlow(Math.max(least, Math.min(LARGE_PAGE, last * 2)));
    this.pages.push(page);
    this.position = 0;
    return page;
  }

  private grow(): void {
    const capacity = this.pageOf.length * 2;
    this.pageOf = grown(new Uint32Array(capacity), this.pageOf);
    this.startOf = grown(new Uint32Array(capacity), this.startOf);
    this.lengthOf = grown(new Uint32Array(capacity), this.lengthOf);
    this.nextOf = grown(new Int32Array(capacity), this.nextOf);
  }
}

function grown<Numbers extends Uint32Array | Int32Array>(to: Numbers, from: Numbers): Numbers {
  to.set(from);
  return to;
}

function empty(chain: Chain): void {
  chain.head = NONE;
  chain.tail = NONE;
  chain.size = 0;
  chain.bytes = 0;
}
