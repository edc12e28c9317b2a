/**
 * Node's own string methods of Buffer. They stand in no type declaration, but `buffer.write` and
 * `buffer.toString` only pick one of them by the name of an encoding, which costs as much again as
 * a short string.
 */
export interface BufferStrings {
  utf8Write(text: string, offset: number, length: number): number;
  ucs2Write(text: string, offset: number, length: number): number;
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
}

export function stringsOf(buffer: Buffer): BufferStrings {
  return buffer as unknown as BufferStrings;
}
