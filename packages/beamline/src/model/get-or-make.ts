/** The value of `key`, made and kept where there is none yet. */
export function getOrMake<Key, T>(map: Map<Key, T>, key: Key, make: () => T): T {
  let found = map.get(key);
  if (found === undefined) {
    found = make();
    map.set(key, found);
  }
  return found;
}
