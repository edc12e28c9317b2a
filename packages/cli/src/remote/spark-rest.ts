import { BeamlineError } from "beamline";

/** What to submit to a standalone Spark cluster. */
export interface SparkSubmission {
  readonly appName: string;
  /** URL of the jar as the cluster's workers see it. */
  readonly jar: string;
  readonly mainClass: string;
  readonly sparkVersion: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** States of a driver on a standalone cluster, in Spark's words. */
export type DriverState =
  | "SUBMITTED"
  | "RUNNING"
  | "FINISHED"
  | "RELAUNCHING"
  | "UNKNOWN"
  | "KILLED"
  | "FAILED"
  | "ERROR"
  | "NOT_FOUND";

export interface DriverStatus {
  readonly state: DriverState;
  readonly worker: string | undefined;
  /** Why it failed, where the master knows. */
  readonly message: string | undefined;
}

interface RestAnswer {
  readonly success?: boolean;
  readonly message?: string;
  readonly submissionId?: string;
  readonly driverState?: string;
  readonly workerHostPort?: string;
}

/** The REST server of a standalone Spark master (`spark.master.rest.enabled`), by default on port 6066. */
export class SparkRestClient {
  private readonly url: string;

  /** @param url - Such as `http://host:6066`. */
  constructor(url: string) {
    this.url = url.replace(/\/+$/, "");
  }

  /** Starts a driver; returns its submission's id. */
  async create(submission: SparkSubmission): Promise<string> {
    const { appName, jar, mainClass, sparkVersion, properties } = submission;
    const answer = await this.post("create", {
      action: "CreateSubmissionRequest",
      clientSparkVersion: sparkVersion,
      appResource: jar,
      mainClass,
      appArgs: [],
      environmentVariables: { SPARK_ENV_LOADED: "1" },
      sparkProperties: {
        "spark.app.name": appName,
        "spark.submit.deployMode": "cluster",
        "spark.jars": jar,
        ...properties,
      },
    });
    if (answer.success !== true || answer.submissionId === undefined) {
      throw this.refused("submit the jar", answer.message ?? "the master refused it");
    }
    return answer.submissionId;
  }

  async status(submissionId: string): Promise<DriverStatus> {
    const answer = await this.get(`status/${submissionId}`);
    if (answer.success !== true)
      return { state: "NOT_FOUND", worker: undefined, message: undefined };
    return {
      state: (answer.driverState ?? "UNKNOWN") as DriverState,
      worker: answer.workerHostPort,
      message: answer.message,
    };
  }

  async kill(submissionId: string): Promise<void> {
    await this.post(`kill/${submissionId}`, {});
  }

  private async post(path: string, body: unknown): Promise<RestAnswer> {
    return await this.call(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  private async get(path: string): Promise<RestAnswer> {
    return await this.call(path, { method: "GET" });
  }

  private async call(path: string, init: RequestInit): Promise<RestAnswer> {
    let text: string;
    try {
      const response = await fetch(`${this.url}/v1/submissions/${path}`, init);
      text = await response.text();
    } catch (cause) {
      const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
      throw this.refused("reach Spark's master", String(reason), cause);
    }
    try {
      return JSON.parse(text) as RestAnswer;
    } catch (cause) {
      throw this.refused("read the master's answer", "it is not JSON", cause);
    }
  }

  private refused(action: string, state: string, cause?: unknown): BeamlineError {
    return new BeamlineError(
      "SPARK_REST",
      `Cannot ${action} at ${this.url}: ${state}; check that this is the master's REST port (6066 by default) and that spark.master.rest.enabled is true there`,
      { origin: "remote", cause },
    );
  }
}
