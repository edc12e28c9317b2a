/** Files that one write has made together: `counts-00000-of-00003` and its siblings. */
export interface ShardSet {
  /** What they begin with: `s3://bucket/counts`. */
  readonly prefix: string;
  readonly suffix: string;
  /** How many there should be. */
  readonly total: number;
  /** In their order. */
  readonly shards: readonly Shard[];
  /** Numbers of those that are not there. */
  readonly missing: readonly number[];
}

export interface Shard {
  readonly url: string;
  readonly size: number;
}

const SHARD = /^(.*)-(\d{5,})-of-(\d{5,})([^/]*)$/s;

/**
 * The shard sets among some objects. A later run with another number of shards leaves a set of
 * its own beside the earlier one.
 */
export function shardSets(objects: readonly Shard[]): ShardSet[] {
  const sets = new Map<
    string,
    { about: Omit<ShardSet, "shards" | "missing">; found: Map<number, Shard> }
  >();
  for (const object of objects) {
    const [, prefix, index, total, suffix] = SHARD.exec(object.url) ?? [];
    if (prefix === undefined || index === undefined || total === undefined) continue;
    const about = { prefix, suffix: suffix ?? "", total: Number(total) };
    const key = JSON.stringify(about);
    const set = sets.get(key) ?? { about, found: new Map<number, Shard>() };
    set.found.set(Number(index), object);
    sets.set(key, set);
  }
  return [...sets.values()].map(({ about, found }) => {
    const numbers = Array.from({ length: about.total }, (_, index) => index);
    return {
      ...about,
      shards: numbers.flatMap((number) => found.get(number) ?? []),
      missing: numbers.filter((number) => !found.has(number)),
    };
  });
}
