export interface LogOptions<T> {
  /** Elements that each worker prints. Default: 20. */
  readonly limit?: number;
  /** Default: strings as they are, everything else as JSON. */
  readonly format?: (element: T) => string;
}

/** Prints elements as they pass by: what `log()` runs. */
export function logging<T>(label: string, options: LogOptions<T> = {}): (element: T) => T {
  const { limit = 20, format = textOf } = options;
  let printed = 0;
  return (element) => {
    if (printed < limit) {
      printed++;
      console.log(`${label}: ${format(element)}`);
      if (printed === limit) console.log(`${label}: (and so on)`);
    }
    return element;
  };
}

function textOf(element: unknown): string {
  if (typeof element === "string") return element;
  try {
    return JSON.stringify(element) ?? String(element);
  } catch {
    // Cycles and bigints.
    return String(element);
  }
}
