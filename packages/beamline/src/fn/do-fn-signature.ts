import { BeamlineError } from "../model/errors.js";
import type { TimeDomain } from "../model/time-domain.js";
import type { CellSpec } from "./state/cell-spec.js";
import type { Declarations } from "./state/declarations.js";

/** What a DoFn asks for besides elements: plain data. */
export interface DoFnSignature {
  /** State fields in the order of their declaration. */
  readonly cells: readonly { readonly name: string; readonly spec: CellSpec }[];
  /** Timer fields, each a timer family. */
  readonly timers: readonly { readonly name: string; readonly domain: TimeDomain }[];
  readonly onWindowExpiration: boolean;
  readonly requiresTimeSortedInput: boolean;
  readonly requiresStableInput: boolean;
  /** It calls `ctx.afterCommit`. */
  readonly finalizesBundles: boolean;
}

/**
 * Where an instance keeps its state and timer fields. Registered, since a bundled pipeline brings a
 * copy of its own of the class.
 */
export const DECLARATIONS: unique symbol = Symbol.for("beamline.declarations") as never;

/** @internal The state and timer fields of an instance. */
export function declarationsOf(doFn: object): Declarations | undefined {
  return (doFn as { readonly [DECLARATIONS]?: Declarations })[DECLARATIONS];
}

interface Flags {
  readonly onWindowExpiration?: unknown;
  readonly requiresTimeSortedInput?: unknown;
  readonly requiresStableInput?: unknown;
  readonly finalizesBundles?: unknown;
}

/**
 * Reads a DoFn's signature off an instance. A field's name is that of the property that holds it;
 * one that no property holds (a `#private` field) is named by its position.
 */
export function signatureOf(doFn: object): DoFnSignature {
  const declarations = declarationsOf(doFn);
  const flags = doFn as Flags;
  const names = new Map<unknown, string>();
  for (const [name, value] of Object.entries(doFn)) {
    if (typeof value === "object" && value !== null) names.set(value, name);
  }
  const cells = (declarations?.cells ?? []).map(({ field, spec }, i) => ({
    name: names.get(field) ?? `state${i}`,
    spec,
  }));
  const timers = (declarations?.timers ?? []).map(({ field, spec }, i) => ({
    name: names.get(field) ?? `timer${i}`,
    domain: spec.domain,
  }));
  requireDistinct([...cells, ...timers].map(({ name }) => name));
  return Object.freeze({
    cells,
    timers,
    onWindowExpiration: typeof flags.onWindowExpiration === "function",
    requiresTimeSortedInput: flags.requiresTimeSortedInput === true,
    requiresStableInput: flags.requiresStableInput === true,
    finalizesBundles: flags.finalizesBundles === true,
  });
}

/** Whether a DoFn's elements have to come key by key: it keeps state, sets timers or wants order. */
export function isStateful(signature: DoFnSignature | undefined): signature is DoFnSignature {
  if (signature === undefined) return false;
  const { cells, timers, onWindowExpiration, requiresTimeSortedInput } = signature;
  return cells.length > 0 || timers.length > 0 || onWindowExpiration || requiresTimeSortedInput;
}

function requireDistinct(names: readonly string[]): void {
  const taken = new Set<string>();
  for (const name of names) {
    if (taken.has(name)) {
      throw new BeamlineError(
        "DUPLICATE_STATE",
        `Cannot use this DoFn: two of its state and timer fields are named "${name}"; give each a property of its own`,
      );
    }
    taken.add(name);
  }
}
