/** What a pipeline should have written: `--expect Duke=30`. */
export interface ExpectedCount {
  readonly key: string;
  readonly value: string;
}

export interface CheckedCount extends ExpectedCount {
  /** Undefined when no line has the key. */
  readonly found: string | undefined;
  readonly ok: boolean;
}

/**
 * Key and value of a line, the last separator deciding; undefined for one that has none:
 * `word: 3`, `word<tab>3`, `word,3` and `word=3`.
 */
export function keyValueOf(line: string): readonly [key: string, value: string] | undefined {
  const at = Math.max(...[":", "\t", ",", "="].map((separator) => line.lastIndexOf(separator)));
  return at <= 0 ? undefined : [line.slice(0, at), line.slice(at + 1).trim()];
}

/** Gathers lines as they come, so that no result has to fit into memory. */
export class CountCheck {
  private readonly expected: readonly ExpectedCount[];
  private readonly found = new Map<string, string>();
  private readonly wanted: ReadonlySet<string>;

  constructor(expected: readonly ExpectedCount[]) {
    this.expected = expected;
    this.wanted = new Set(expected.map(({ key }) => key));
  }

  add(line: string): void {
    const pair = keyValueOf(line);
    if (pair === undefined || !this.wanted.has(pair[0])) return;
    const [key, value] = pair;
    const before = this.found.get(key);
    // A key on several lines was not grouped, or several writes are looked at: numbers add up.
    this.found.set(key, before === undefined ? value : joined(before, value));
  }

  result(): CheckedCount[] {
    return this.expected.map(({ key, value }) => {
      const found = this.found.get(key);
      return { key, value, found, ok: found === value };
    });
  }
}

function joined(a: string, b: string): string {
  const sum = Number(a) + Number(b);
  return Number.isNaN(sum) ? `${a}, ${b}` : String(sum);
}

/** How the lines of a result differ from those of a file, whatever the order. */
export class LineCheck {
  /** How often each line is still awaited; below 0, how often there was one too many. */
  private readonly open = new Map<string, number>();

  constructor(expected: Iterable<string>) {
    for (const line of expected) this.open.set(line, (this.open.get(line) ?? 0) + 1);
  }

  add(line: string): void {
    const left = (this.open.get(line) ?? 0) - 1;
    if (left === 0) this.open.delete(line);
    else this.open.set(line, left);
  }

  result(): { readonly missing: readonly string[]; readonly unexpected: readonly string[] } {
    const missing: string[] = [];
    const unexpected: string[] = [];
    for (const [line, count] of this.open) (count > 0 ? missing : unexpected).push(line);
    return { missing, unexpected };
  }
}
