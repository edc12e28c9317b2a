/** Adds a value under a key that is still free, close to the wanted one; returns the key. */
export function addUnder<T>(record: Record<string, T>, wanted: string, value: T): string {
  let key = wanted;
  for (let n = 2; key in record; n++) key = `${wanted}${n}`;
  record[key] = value;
  return key;
}
