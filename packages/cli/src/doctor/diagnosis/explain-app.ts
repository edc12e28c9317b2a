import { podsOf } from "../../app/pods.js";
import { type App, appOf } from "../../app/spark-application.js";
import { type AppDiagnosis, type DiagnosisRequest, diagnoseApp } from "./app-diagnosis.js";
import { diagnosisContext } from "./diagnosis-context.js";
import { troubleOf } from "./trouble-of.js";

/** States in which there is nothing to explain. */
const WELL: readonly App["state"][] = ["COMPLETED", "SUCCEEDING", "SUSPENDED", "RESUMING"];

/** Why an application has failed or does not get on; nothing where all is as it should be. */
export async function explainApp(
  request: DiagnosisRequest,
): Promise<Pick<AppDiagnosis, "userError" | "findings">> {
  const { client, object, file, signal } = request;
  const { name, namespace, state, cancelled } = appOf(object);
  if (cancelled || WELL.includes(state)) return { userError: undefined, findings: [] };
  if (state !== "RUNNING") return await diagnoseApp(request);
  // Its driver runs. What that logs tells little before the end, but its executors may find no place.
  const pods = await podsOf(client, namespace, name, signal);
  const atWork = pods.some(({ role, phase }) => role === "executor" && phase === "Running");
  const context = diagnosisContext(object, file === undefined ? undefined : { file });
  const findings = atWork ? [] : await troubleOf(client, { namespace, name }, context, signal);
  return { userError: undefined, findings };
}
