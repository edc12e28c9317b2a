/** Orders two values: negative when `a` comes first, positive when `b` does, 0 when neither. */
export type Compare<T> = (a: T, b: T) => number;

/** The order of `<`: numbers by value, strings by UTF-16 code unit, dates by time. */
export function natural<T>(a: T, b: T): number {
  return a < b ? -1 : b < a ? 1 : 0;
}
