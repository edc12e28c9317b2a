import type { BeamlineError } from "beamline";
import { decodeErrorReport } from "beamline/harness";
import type { SparkApplicationObject } from "../../app/spark-application.js";
import type { KubeClient } from "../../kube/client.js";
import { workerError } from "../../remote/driver-failure.js";
import { diagnose, type Finding } from "./diagnose.js";
import { diagnosisContext } from "./diagnosis-context.js";
import type { Fact } from "./fact.js";
import { gatherFacts } from "./gather-facts.js";

export interface AppDiagnosis {
  /** What the pipeline's own code has thrown, if that is why. */
  readonly userError: BeamlineError | undefined;
  /** Known failures that the cluster's words point to, the likeliest first. */
  readonly findings: readonly Finding[];
  readonly facts: readonly Fact[];
}

export interface DiagnosisRequest {
  readonly client: KubeClient;
  readonly object: SparkApplicationObject;
  /** The pipeline's file as it was deployed, where that is known. */
  readonly file: string | undefined;
  /** Where the pipeline's sources are on this machine. */
  readonly root: string;
  readonly signal?: AbortSignal | undefined;
}

/** Why an application has failed, or does not get further. */
export async function diagnoseApp(request: DiagnosisRequest): Promise<AppDiagnosis> {
  const { client, object, file, root, signal } = request;
  const { name, namespace = "default" } = object.metadata;
  const facts = await gatherFacts(client, namespace, name, { signal, logs: true, now: new Date() });
  const report = facts.flatMap(({ text }) => decodeErrorReport(text) ?? [])[0];
  const context = diagnosisContext(object, file === undefined ? undefined : { file });
  return {
    userError: report === undefined ? undefined : workerError(report, root),
    findings: diagnose(facts, context),
    facts,
  };
}
