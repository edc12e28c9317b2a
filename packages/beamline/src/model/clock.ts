/** Processing time as an argument, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Of a clock whose hands are turned: calls `listener` whenever they are, until the returned
   * function is called. Absent where time passes by itself.
   */
  onTurn?(listener: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = { now: () => Date.now() };
