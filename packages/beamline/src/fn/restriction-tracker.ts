/** How much of a restriction is done and left, in the units of its `size`. */
export interface Progress {
  readonly completed: number;
  readonly remaining: number;
}

export interface RestrictionSplit<Restriction> {
  readonly primary: Restriction;
  readonly residual: Restriction;
}

/**
 * Guards the part of a restriction that one `process` call may read, while the runner may take
 * some of it away. A position is processed only after `tryClaim` said yes to it.
 */
export interface RestrictionTracker<Restriction, Position> {
  /** Claims `position`, which grows from call to call. After `false`, `process` must return. */
  tryClaim(position: Position): boolean;
  /** What this call is still responsible for. */
  currentRestriction(): Restriction;
  /** Cuts off what lies beyond `fraction` (0 to 1) of the unclaimed rest; undefined when it can't. */
  trySplit(fraction: number): RestrictionSplit<Restriction> | undefined;
  progress(): Progress;
  /** Throws when `process` returned although part of the restriction was never claimed. */
  checkDone(): void;
}
