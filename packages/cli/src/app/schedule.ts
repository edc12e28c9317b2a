/** By what an application runs again and again. */
export interface Schedule {
  readonly cron: string;
  readonly timeZone: string | undefined;
  /** Whether people have stopped it. */
  readonly suspended: boolean;
  readonly nextRun: Date | undefined;
  readonly lastRun: Date | undefined;
  /** The application that the last run is, or was. */
  readonly lastRunName: string | undefined;
  /** Why the operator does not take it. */
  readonly problem: string | undefined;
}
