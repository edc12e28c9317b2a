import { BeamlineError } from "beamline";
import { diagnose } from "../doctor/diagnosis/diagnose.js";
import { findingLines } from "../doctor/diagnosis/finding-lines.js";
import { KubeError } from "../kube/kube-error.js";
import type { Terminal } from "../terminal/terminal.js";

/** What a refusal of the cluster means, where that is known; any other error as it is. */
export function explainApplyFailure(
  error: unknown,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  terminal: Terminal,
): unknown {
  if (!(error instanceof KubeError)) return error;
  const nothing = {
    file: undefined,
    image: undefined,
    bucket: undefined,
    serviceAccount: undefined,
    executorMemory: undefined,
    executorOverhead: undefined,
    driverOverhead: undefined,
  };
  const fact = { from: "request" as const, subject: name, text: error.message };
  const findings = diagnose([fact], { app: name, namespace, ...nothing });
  const [first] = findings;
  if (first === undefined) return error;
  const { width, style } = terminal;
  terminal.talk(findingLines(findings, { width, style }).join("\n"));
  return new BeamlineError(
    "APPLY_FAILED",
    `Cannot apply ${namespace}/${name}: ${first.cause}; ${first.mend[0]}`,
    { origin: "remote", cause: error },
  );
}
