/** How fields are quoted, each a byte below 128. */
export interface Quoting {
  readonly quote: number;
  /** What takes the meaning from a quote in quotes: the quote itself, mostly. */
  readonly escaping: number;
  readonly delimiter: number;
  /** What a record begins with that is none: quotes in it mean nothing. */
  readonly comment?: Buffer | undefined;
}

const NEWLINE = 10;

/** Index of the newline that ends the record at `start` and stands in no quotes; -1 for none. */
export function endOfQuoted(buffer: Buffer, start: number, quoting: Quoting): number {
  const { quote, delimiter, comment } = quoting;
  const newline = buffer.indexOf(NEWLINE, start);
  if (newline === -1) return -1;
  const first = buffer.subarray(start, newline).indexOf(quote);
  if (first === -1) return newline;
  if (comment !== undefined && startsWith(buffer, start, comment)) return newline;
  for (let at = start; ; at++) {
    // The beginning of a field.
    if (buffer[at] === quote) {
      at = closingQuote(buffer, at + 1, quoting);
      if (at === -1) return -1;
    }
    while (at < buffer.length && buffer[at] !== delimiter && buffer[at] !== NEWLINE) at++;
    if (at >= buffer.length) return -1;
    if (buffer[at] === NEWLINE) return at;
  }
}

/** Index behind the quote that ends the field; -1 when that is not there. */
function closingQuote(buffer: Buffer, start: number, { quote, escaping }: Quoting): number {
  for (let at = start; ; ) {
    if (escaping === quote) {
      const found = buffer.indexOf(quote, at);
      // What follows it tells whether it is the last one.
      if (found === -1 || found + 1 >= buffer.length) return -1;
      if (buffer[found + 1] !== quote) return found + 1;
      at = found + 2;
    } else {
      while (at < buffer.length && buffer[at] !== quote && buffer[at] !== escaping) at++;
      if (at >= buffer.length) return -1;
      if (buffer[at] === quote) return at + 1;
      at += 2;
    }
  }
}

function startsWith(buffer: Buffer, start: number, prefix: Buffer): boolean {
  return buffer.subarray(start, start + prefix.length).equals(prefix);
}
