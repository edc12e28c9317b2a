/** What a counter of user code came to. */
export interface CounterValue {
  /** Unique name of the transform that counted. */
  readonly transform: string;
  readonly name: string;
  readonly value: number;
}
