/**
 * What a connector does on the submitting side around a run. Bounded work that touches nothing
 * but its own files.
 */
export interface RunHooks {
  /** Looks for what would make the run fail, before any work: a missing input, an unwritable output. */
  check?(): Promise<void>;
  /** Removes what an earlier attempt may have left, just before the run starts. */
  prepare?(): Promise<void>;
  /** Removes what is half-written after the run failed or was cancelled. */
  abandon?(): Promise<void>;
}
