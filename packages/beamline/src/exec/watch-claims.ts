import type { RestrictionTracker } from "../fn/restriction-tracker.js";

/** What may end a call of user code early, asked between two claims. */
export interface Interruption {
  /** See `CompileOptions.poll`. */
  readonly poll?: (() => void) | undefined;
  /** See `CompileOptions.checkpoint`. */
  readonly checkpoint?: (() => boolean) | undefined;
}

/** What a checkpoint has taken away. */
export interface CutOff {
  residual?: { readonly restriction: unknown };
}

/**
 * Has the runner heard before each claim: it may split the restriction, or end the call by taking
 * all that is left. The tracker itself is changed, not wrapped, since user code knows its class.
 */
export function watchClaims(
  tracker: RestrictionTracker<unknown, unknown>,
  { poll, checkpoint }: Interruption,
): CutOff {
  const cutOff: CutOff = {};
  if (poll === undefined && checkpoint === undefined) return cutOff;
  const claim = tracker.tryClaim.bind(tracker);
  tracker.tryClaim = (position) => {
    poll?.();
    if (checkpoint !== undefined && cutOff.residual === undefined && checkpoint()) {
      const split = tracker.trySplit(0);
      if (split !== undefined) cutOff.residual = { restriction: split.residual };
    }
    return claim(position);
  };
  return cutOff;
}
