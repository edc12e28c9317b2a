/** A number that only grows; its value is the sum over all committed bundles. */
export interface Counter {
  /** Default: 1. */
  inc(by?: number): void;
}

/** Count, sum, least and greatest of the values that it was given. */
export interface Distribution {
  update(value: number): void;
}

/** A number of which the latest value counts. */
export interface Gauge {
  set(value: number): void;
}

/** Distinct strings: keep them few, since all of them travel. */
export interface StringSet {
  add(value: string): void;
}

/** How many values fell between given bounds. */
export interface Histogram {
  update(value: number): void;
}

/**
 * Metrics of the running bundle, one of each kind and name a transform. They count only once the
 * bundle commits. It is cheap to call again with the same name.
 */
export interface MetricsContext {
  counter(name: string): Counter;
  distribution(name: string): Distribution;
  gauge(name: string): Gauge;
  stringSet(name: string): StringSet;
  /**
   * @param bounds - Upper bounds of the buckets, growing; one more bucket takes what is above the
   *   last. Default: powers of two from 1 to 2^30.
   */
  histogram(name: string, bounds?: readonly number[]): Histogram;
}
