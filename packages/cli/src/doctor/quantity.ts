const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity of Kubernetes as a number: `250m` is 0.25, `1Gi` is 1073741824; NaN when it is none. */
export function parseQuantity(text: string): number {
  const [, digits, suffix = ""] =
    /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]{0,2})$/.exec(text) ?? [];
  return digits === undefined ? Number.NaN : Number(digits) * (FACTORS[suffix] ?? Number.NaN);
}

/** Cores for people: `0.5`, `12`. */
export function formatCores(cores: number): string {
  return String(Math.round(cores * 100) / 100);
}

/** Bytes for people, in the unit that Kubernetes' memory is written in. */
export function formatMemory(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib >= 1 ? `${Math.round(gib * 10) / 10} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}
