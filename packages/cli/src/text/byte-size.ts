/** Powers of 1000 and of 1024, by their units in lower case. `1g` is what `1GiB` is, as with `-S 1G`. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
};

const SIZE = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/;

/** The bytes that `1GiB`, `500 MB`, `1.5g` or `1048576` stand for; undefined for anything else. */
export function parseByteSize(text: string): number | undefined {
  const [, number, unit = ""] = SIZE.exec(text.trim().toLowerCase()) ?? [];
  const scale = UNITS[unit];
  if (number === undefined || scale === undefined) return undefined;
  const bytes = Math.floor(Number(number) * scale);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
