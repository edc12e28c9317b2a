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

const STATES = [
  "SUBMITTED",
  "RUNNING",
  "FINISHED",
  "RELAUNCHING",
  "UNKNOWN",
  "KILLED",
  "FAILED",
  "ERROR",
  "NOT_FOUND",
] as const;

/** States of a driver on a standalone cluster, in Spark's words. */
export type DriverState = (typeof STATES)[number];

export interface DriverStatus {
  readonly state: DriverState;
  readonly worker: string | undefined;
  /** Why it failed, where the master knows. */
  readonly message: string | undefined;
}

/** A driver that has ended. */
export function hasEnded({ state }: DriverStatus): boolean {
  switch (state) {
    case "SUBMITTED":
    case "RUNNING":
    case "RELAUNCHING":
    case "UNKNOWN":
      return false;
    case "FINISHED":
    case "KILLED":
    case "FAILED":
    case "ERROR":
    case "NOT_FOUND":
      return true;
  }
}

interface RestAnswer {
  readonly serverSparkVersion?: string;
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

  /** Which Spark the cluster is, such as `3.5.3`: finds out whether this is a REST server at all. */
  async version(): Promise<string> {
    // It says so in every answer, also to a question about no driver.
    const { serverSparkVersion } = await this.get("status/none");
    if (serverSparkVersion !== undefined) return serverSparkVersion;
    throw this.refused("tell Spark's version", "its answer has none");
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
      throw this.refused("submit the jar", firstLine(answer.message) ?? "the master refused it");
    }
    return answer.submissionId;
  }

  /** Where the master tells of a driver, in JSON. */
  statusUrl(submissionId: string): string {
    return this.endpoint(`status/${submissionId}`);
  }

  async status(submissionId: string): Promise<DriverStatus> {
    const answer = await this.get(`status/${submissionId}`);
    if (answer.success !== true)
      return { state: "NOT_FOUND", worker: undefined, message: undefined };
    return {
      state: STATES.find((state) => state === answer.driverState) ?? "UNKNOWN",
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

  private endpoint(path: string): string {
    return `${this.url}/v1/submissions/${path}`;
  }

  private async call(path: string, init: RequestInit): Promise<RestAnswer> {
    let text: string;
    try {
      const response = await fetch(this.endpoint(path), init);
      text = await response.text();
    } catch (cause) {
      throw this.refused("reach Spark's master", whyFetchFailed(cause), cause);
    }
    try {
      const answer: unknown = JSON.parse(text);
      if (typeof answer === "object" && answer !== null) return answer;
    } catch {
      // Said below.
    }
    throw this.refused("talk to Spark's master", "what answers is not its REST server");
  }

  private refused(action: string, state: string, cause?: unknown): BeamlineError {
    return new BeamlineError(
      "SPARK_REST",
      `Cannot ${action} at ${this.url}: ${state}; check that this is the master's REST port (6066 by default) and that spark.master.rest.enabled is true there`,
      { origin: "remote", cause },
    );
  }
}

/** What `fetch` says itself is only that it failed. */
export function whyFetchFailed(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  switch (code) {
    case "ECONNREFUSED":
      return "connection refused";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "no such host";
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}

/** Some answers hold a whole Java stack. */
function firstLine(text: string | undefined): string | undefined {
  return text?.split("\n", 1)[0];
}
