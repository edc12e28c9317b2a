/** How the files of one output are called: Beam's `prefix-SSSSS-of-NNNNN` and a suffix. */
export function shardName(prefix: string, shard: number, shards: number, suffix: string): string {
  return `${prefix}-${digits(shard)}-of-${digits(shards)}${suffix}`;
}

/** Whether a path is a shard of this output, of this run or an earlier one. */
export function isShardOf(path: string, prefix: string, suffix: string): boolean {
  if (!path.startsWith(prefix) || !path.endsWith(suffix)) return false;
  return /^-\d{5,}-of-\d{5,}$/.test(path.slice(prefix.length, path.length - suffix.length));
}

/** The folder for what is not complete yet, beside the output and hidden. */
export function temporaryFolder(prefix: string, suffix: string): string {
  const slash = prefix.lastIndexOf("/") + 1;
  const own = suffix === "" ? "" : `@${suffix}`;
  return `${prefix.slice(0, slash)}.beamline-temp-${prefix.slice(slash)}${own}`;
}

function digits(n: number): string {
  return String(n).padStart(5, "0");
}
