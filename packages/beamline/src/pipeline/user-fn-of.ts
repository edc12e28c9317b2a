import { isStateful, signatureOf } from "../fn/do-fn-signature.js";
import type { UserFn } from "../fn/user-fn.js";
import type { Label } from "../graph/graph-builder.js";
import { BeamlineError } from "../model/errors.js";

interface Probe {
  readonly process?: unknown;
  readonly initialRestriction?: unknown;
  readonly isBounded?: unknown;
}

/** Makes one DoFn to see which kind it is and what it asks for, and refuses what is none. */
export function userFnOf(label: Label, make: () => unknown): UserFn {
  const made = isDoFnClass(make) ? undefined : make();
  const probe = made as Probe | null | undefined;
  if (typeof probe?.process !== "function") {
    throw new BeamlineError(
      "NOT_A_DO_FN",
      `Cannot apply "${label.name}": parDo() takes a function that makes the DoFn; write parDo(() => new MyDoFn())`,
    );
  }
  const signature = signatureFor(label, probe);
  if (typeof probe.initialRestriction !== "function") {
    return { kind: "doFn", make: make as () => never, signature };
  }
  if (isStateful(signature)) {
    throw new BeamlineError(
      "STATE_IN_SPLITTABLE",
      `Cannot apply "${label.name}": it is splittable and declares state or timers, and a restriction has no key; keep the state in a DoFn behind it`,
    );
  }
  return { kind: "splittable", make: make as () => never, isBounded: probe.isBounded !== false };
}

function signatureFor(label: Label, probe: object) {
  try {
    return signatureOf(probe);
  } catch (cause) {
    if (!(cause instanceof BeamlineError)) throw cause;
    throw new BeamlineError(cause.code, `Cannot apply "${label.name}": ${cause.message}`, {
      cause,
    });
  }
}

function isDoFnClass(make: () => unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(make));
}
