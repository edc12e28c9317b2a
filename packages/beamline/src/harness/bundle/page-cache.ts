import type { StatePage } from "./state-access.js";

const NOTHING = new Uint8Array(0);

/** Bytes of one stage's side inputs that are kept on a thread. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/** What is known of one piece of state: its first pages, and whether more follow. */
interface Entry {
  /** Under what it is right: a cache token of the runner's, or one bundle. */
  readonly scope: string;
  readonly pages: Uint8Array[];
  /** Where the next page is; empty when there is none. */
  next: Uint8Array;
  bytes: number;
}

/** Fetches the page at a continuation; the first at none. */
export type FetchPage = (continuation: Uint8Array) => StatePage;

/**
 * Pages of state that do not change while their scope is valid. The least recently used go first
 * when there are too many bytes; what alone is too large is fetched anew each time, from where the
 * kept pages end.
 */
export class PageCache {
  private readonly entries = new Map<string, Entry>();
  private readonly limit: number;
  private bytes = 0;

  constructor(limit = LIMIT_BYTES) {
    this.limit = limit;
  }

  /**
   * Forgets what is right under none of these scopes, and what is not complete: where it goes on
   * was said by an earlier bundle's runner.
   */
  retain(scopes: ReadonlySet<string>): void {
    for (const [id, entry] of this.entries) {
      if (!scopes.has(entry.scope) || entry.next.length > 0) this.drop(id, entry);
    }
  }

  /** The pages of `id`, from the cache as far as it has them. Each iteration begins anew. */
  pages(id: string, scope: string, fetch: FetchPage): Iterable<Uint8Array> {
    const cache = this;
    return {
      *[Symbol.iterator]() {
        const entry = cache.entryOf(id, scope, fetch);
        let at = 0;
        for (; at < entry.pages.length; at++) yield entry.pages[at] as Uint8Array;
        let { next } = entry;
        while (next.length > 0) {
          const page = fetch(next);
          cache.add(id, entry, next, page);
          next = page.next;
          yield page.bytes;
        }
      },
    };
  }

  /** Keeps all pages of `id`, fetched beforehand. */
  put(id: string, scope: string, pages: readonly Uint8Array[]): void {
    const bytes = pages.reduce((sum, page) => sum + page.length, 0);
    this.keep(id, { scope, pages: [...pages], next: NOTHING, bytes });
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  private entryOf(id: string, scope: string, fetch: FetchPage): Entry {
    const present = this.entries.get(id);
    if (present !== undefined) {
      // The one used last stands last.
      this.entries.delete(id);
      this.entries.set(id, present);
      return present;
    }
    const { bytes, next } = fetch(NOTHING);
    const entry: Entry = { scope, pages: [bytes], next, bytes: bytes.length };
    this.keep(id, entry);
    return entry;
  }

  private keep(id: string, entry: Entry): void {
    const present = this.entries.get(id);
    if (present !== undefined) this.drop(id, present);
    this.entries.set(id, entry);
    this.bytes += entry.bytes;
    this.evict();
  }

  /** Adds a page that follows what is kept, unless another iteration has done so already. */
  private add(id: string, entry: Entry, at: Uint8Array, page: StatePage): void {
    if (entry.next !== at || this.entries.get(id) !== entry) return;
    if (entry.bytes + page.bytes.length > this.limit / 2) return;
    entry.pages.push(page.bytes);
    entry.bytes += page.bytes.length;
    entry.next = page.next;
    this.bytes += page.bytes.length;
    this.evict();
  }

  private evict(): void {
    for (const [id, entry] of this.entries) {
      if (this.bytes <= this.limit || this.entries.size === 1) return;
      this.drop(id, entry);
    }
  }

  private drop(id: string, entry: Entry): void {
    this.entries.delete(id);
    this.bytes -= entry.bytes;
  }
}
