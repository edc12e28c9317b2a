/**
 * A fenced block. `line` is the line of its first line of text, `info` the words after the
 * language.
 * @typedef {{ language: string, info: string[], line: number, lines: string[] }} Block
 */

/**
 * The fenced blocks of a Markdown text, in order.
 * @param {string} text
 * @returns {Block[]}
 */
export function blocksOf(text) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {{ fence: string, indent: number, block: Block } | undefined} */
  let open;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fence = /^( *)(`{3,}|~{3,})(.*)$/.exec(line);
    const [, indent = "", marks = "", rest = ""] = fence ?? [];
    if (open === undefined) {
      if (fence === null) continue;
      const [language = "", ...info] = rest.trim().split(/\s+/);
      const block = { language, info, line: index + 2, lines: [] };
      open = { fence: marks, indent: indent.length, block };
      blocks.push(block);
    } else if (fence !== null && marks.startsWith(open.fence) && rest.trim() === "") {
      open = undefined;
    } else {
      open.block.lines.push(line.replace(new RegExp(`^ {0,${open.indent}}`), ""));
    }
  }
  return blocks;
}
