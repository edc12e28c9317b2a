import type { StateKeyInit, StatePage, StateQuery, StateWrite } from "../bundle/state-access.js";

const LIMIT_BYTES = 64 * 1024 * 1024;
/** What an entry costs besides its bytes. */
const ENTRY_BYTES = 200;
const NOTHING = new Uint8Array(0);

/**
 * User state as the last bundle left it, whatever thread ran it: right as long as the runner gives
 * the same cache token. The bags used least recently go first.
 */
export class UserStateCache {
  private readonly bags = new Map<string, Uint8Array>();
  private readonly limit: number;
  private bytes = 0;

  constructor(limit = LIMIT_BYTES) {
    this.limit = limit;
  }

  /** A page of state: from here where the whole bag is known, else fetched. */
  async page(
    token: string | undefined,
    { key, continuation }: StateQuery,
    fetch: () => Promise<StatePage>,
  ): Promise<StatePage> {
    const id = continuation.length > 0 ? undefined : idOf(token, key);
    if (id === undefined) return await fetch();
    const bag = this.bags.get(id);
    if (bag !== undefined) {
      this.put(id, bag);
      return { bytes: bag, next: NOTHING };
    }
    const page = await fetch();
    if (page.next.length === 0) this.put(id, page.bytes);
    return page;
  }

  /** A bundle changes state. */
  wrote(token: string | undefined, writes: readonly StateWrite[]): void {
    for (const { key, append } of writes) {
      const id = idOf(token, key);
      if (id === undefined) continue;
      const bag = append === undefined ? NOTHING : this.bags.get(id);
      // Of an unknown bag the end is not enough.
      if (bag === undefined) continue;
      this.put(id, append === undefined ? bag : Buffer.concat([bag, append]));
    }
  }

  clear(): void {
    this.bags.clear();
    this.bytes = 0;
  }

  /** The one used last stands last. */
  private put(id: string, bag: Uint8Array): void {
    this.drop(id);
    this.bags.set(id, bag);
    this.bytes += id.length + bag.length + ENTRY_BYTES;
    for (const oldest of this.bags.keys()) {
      if (this.bytes <= this.limit) return;
      this.drop(oldest);
    }
  }

  private drop(id: string): void {
    const bag = this.bags.get(id);
    if (bag === undefined) return;
    this.bags.delete(id);
    this.bytes -= id.length + bag.length + ENTRY_BYTES;
  }
}

function idOf(token: string | undefined, { type }: StateKeyInit): string | undefined {
  if (token === undefined || type?.case !== "bagUserState") return undefined;
  const { transformId = "", userStateId = "", window, key } = type.value;
  return [token, transformId, userStateId, textOf(window), textOf(key)].join("\0");
}

function textOf(bytes: Uint8Array = NOTHING): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
