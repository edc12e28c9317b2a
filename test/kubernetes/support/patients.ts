import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "vitest";
import { untilSlow } from "./applications.js";
import { runningExecutor } from "./pods.js";
import type { TestCluster } from "./test-cluster.js";
import { openWorkbench, SMALL_PODS, type Workbench } from "./workbench.js";

const PIPELINE = "test/kubernetes/pods/pipelines/misbehaves.ts";
const AMD64 = ["--platform", "linux/amd64"];

export interface Found {
  readonly id: string;
  readonly cause: string;
  readonly quote: string;
  readonly mend: readonly string[];
}

/** Applications that are made to fail, so that what is found of them can be looked at. */
export class Patients {
  readonly bench: Workbench;
  /** A folder for what tests write; it goes with `close`. */
  readonly folder = mkdtempSync(join(tmpdir(), "beamline-diagnosis-"));
  private readonly cluster: TestCluster;
  private readonly images = new Map<string, Promise<string>>();

  private constructor(cluster: TestCluster, bench: Workbench) {
    this.cluster = cluster;
    this.bench = bench;
  }

  static async open(cluster: TestCluster, bucket: string): Promise<Patients> {
    return new Patients(cluster, await openWorkbench(cluster, bucket));
  }

  close(): void {
    this.bench.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An image of the pipeline that misbehaves so, made once; by its digest. */
  image(how = "well", more: readonly string[] = AMD64): Promise<string> {
    const key = [how, ...more].join(" ");
    const image = this.images.get(key) ?? this.makeImage(how, more);
    this.images.set(key, image);
    return image;
  }

  private async makeImage(how: string, more: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.bench.beamline([
      ...["image", PIPELINE, ...this.options(how), ...more],
      // Of its own where it lacks a layer: the others are tagged by their code.
      ...["--image", this.bench.repository + (more.includes("--no-s3a") ? "-bare" : "")],
      ...["--base", this.cluster.spark],
    ]);
    expect(code, stderr).toBe(0);
    return stdout.trim();
  }

  private options(how: string): readonly string[] {
    return ["--output", `s3://${this.bench.bucket}/out/${how}`, "--how", how];
  }

  /** The arguments of `beamline deploy` for an image that is there already. */
  deployment(name: string, image: string, { how = "well", identity }: DeploymentOptions = {}) {
    const secret = ["--identity", "secret", "--aws-secret", this.bench.secret];
    return [
      ...["deploy", PIPELINE, "--name", name, ...this.options(how)],
      ...["--bucket", this.bench.bucket, "--image", image, ...(identity ?? secret), ...SMALL_PODS],
      ...["--no-create-service-account", "--service-account", this.cluster.serviceAccount],
    ];
  }

  /** Asks until the cluster has said enough; the first finding counts. */
  async untilFound(name: string, id: string): Promise<Found> {
    let found: readonly Found[] = [];
    let state = "";
    await untilSlow(`${id} of ${name}`, async () => {
      const shown = await this.bench.ask(["app", "show", name, "--json"]);
      ({ findings: found, state } = JSON.parse(shown));
      // When it has ended nothing more will be said.
      if (found[0]?.id === id || ["FAILED", "COMPLETED"].includes(state)) return true;
      await setTimeout(400);
      return false;
    });
    const [first] = found;
    if (first?.id === id) return first;
    const log = await this.bench.ask(["app", "logs", name, "--raw", "--tail", "30"]);
    const what = JSON.stringify(found, undefined, 2);
    throw new Error(`${name} is ${state}, and this is found: ${what}\n${log}`);
  }

  /** Waits until an executor is at work, and names its pod. */
  async running(name: string): Promise<string> {
    let pod: string | undefined;
    await untilSlow(`${name} to run`, async () => {
      pod = await runningExecutor(this.cluster, name);
      return pod !== undefined;
    });
    return pod ?? "";
  }

  /** Removes an application, whatever became of it. */
  async clear(name: string): Promise<void> {
    const free = ["--type=merge", "-p", '{"metadata":{"finalizers":null}}'];
    await this.cluster.kubectl("patch", "pod", `${name}-driver`, ...free).catch(() => undefined);
    await this.bench.ask(["app", "delete", name]);
  }
}

interface DeploymentOptions {
  readonly how?: string;
  /** Default: a Secret with keys that may use the bucket. */
  readonly identity?: readonly string[] | undefined;
}

/** `--set` for each of them. */
export function set(...values: readonly string[]): readonly string[] {
  return values.flatMap((value) => ["--set", value]);
}
