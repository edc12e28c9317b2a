/** Breaks text at spaces into lines of at most `width` characters; longer words stay whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** Two columns: terms at the left, their wrapped descriptions at the right. */
export function columns(
  rows: readonly (readonly [term: string, description: string])[],
  width: number,
  styleTerm: (term: string) => string = (term) => term,
): string[] {
  const widest = Math.max(0, ...rows.map(([term]) => term.length));
  const left = Math.min(widest, 34);
  return rows.flatMap(([term, description]) => {
    const lines = wrap(description, Math.max(24, width - left - 4));
    const fits = term.length <= left;
    const head = `  ${styleTerm(term)}${fits ? " ".repeat(left - term.length) : ""}`;
    const indent = " ".repeat(left + 4);
    const body = lines.map((line, index) => (index === 0 && fits ? `  ${line}` : indent + line));
    return fits ? [(head + (body[0] ?? "")).trimEnd(), ...body.slice(1)] : [head, ...body];
  });
}
