interface Token {
  readonly kind: "word" | "mark";
  readonly text: string;
  readonly line: number;
}

/**
 * The line on which a property stands in the source of a configuration file, such as
 * `["environments", "prod", "executors"]`; of the innermost part of the path that is written there
 * as such, since a value may come from elsewhere. Undefined when nothing of it is.
 */
export function lineOf(source: string, path: readonly string[]): number | undefined {
  const tokens = tokensIn(source);
  const open: (string | undefined)[] = [];
  let deepest = 0;
  let found: number | undefined;
  for (const [index, { kind, text, line }] of tokens.entries()) {
    if (kind === "word") {
      if (tokens[index + 1]?.text !== ":") continue;
      const here = [...open.filter((key) => key !== undefined), text];
      const agrees = here.length <= path.length && here.every((key, at) => key === path[at]);
      if (agrees && here.length > deepest) {
        deepest = here.length;
        found = line;
      }
    } else if (text === "{" || text === "[") {
      const before = tokens[index - 1];
      const key = tokens[index - 2];
      open.push(before?.text === ":" && key?.kind === "word" ? key.text : undefined);
    } else if (text === "}" || text === "]") open.pop();
  }
  return found;
}

/** Words (names and texts) and marks; comments and everything else are left out. */
function tokensIn(source: string): readonly Token[] {
  const pattern =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<quote>["'`])(?<quoted>(?:\\[\s\S]|(?!\k<quote>)[\s\S])*)\k<quote>|(?<word>[\w$]+)|(?<mark>[{}[\]:])|\n/g;
  const tokens: Token[] = [];
  let line = 1;
  for (const { 0: all, groups = {} } of source.matchAll(pattern)) {
    const { quoted, word, mark } = groups;
    const text = quoted ?? word;
    if (text !== undefined) tokens.push({ kind: "word", text, line });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark, line });
    line += all.split("\n").length - 1;
  }
  return tokens;
}
