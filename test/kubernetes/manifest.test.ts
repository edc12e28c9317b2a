import { afterAll, beforeAll, expect, test } from "vitest";
import { type KubeClient, openKubeClient } from "../../packages/cli/src/kube/client.js";
import { KubeError } from "../../packages/cli/src/kube/kube-error.js";
import type { KubeObject } from "../../packages/cli/src/kube/kube-object.js";
import { applyObject, createObject } from "../../packages/cli/src/kube/objects.js";
import { schemaProblems } from "../../packages/cli/src/manifest/check-schema.js";
import type { CrdSchemas } from "../../packages/cli/src/manifest/crd-schema.js";
import { schemasOfCluster } from "../../packages/cli/src/manifest/find-schemas.js";
import type { ManifestInput } from "../../packages/cli/src/manifest/manifest-input.js";
import { type Manifest, planManifest } from "../../packages/cli/src/manifest/plan-manifest.js";
import { type ProfileName, profileNames } from "../../packages/cli/src/manifest/profiles.js";
import type { ManifestSettings } from "../../packages/cli/src/manifest/settings.js";
import {
  CONTROL_PLANE_TIMEOUT_MS,
  type ControlPlane,
  describeSchema,
  startControlPlane,
} from "./support/control-plane.js";

const input: ManifestInput = {
  appName: "words",
  namespace: "default",
  pipeline: "Word Count",
  codeDigest: "ab".repeat(32),
  image: "registry.example/words@sha256:00",
  bucket: "books",
  prefix: "words",
  region: "eu-west-1",
};

/** What each dimension of a manifest may be; all pairs of neighbours are tried together. */
const variants: Readonly<Record<string, readonly Partial<ManifestSettings>[]>> = {
  disk: [
    {},
    { localDisk: { kind: "empty-dir", size: "10Gi" } },
    { localDisk: { kind: "empty-dir" } },
    { localDisk: { kind: "host-path", path: "/mnt/nvme" } },
    { localDisk: { kind: "claim", storageClass: "gp3", size: "20Gi" } },
  ],
  identity: [
    { identity: "irsa", roleArn: "arn:aws:iam::123456789012:role/words" },
    { identity: "secret", awsSecret: "keys" },
    { identity: "pod-identity", hadoopVersion: "3.4.1", awsSdkVersion: "2.24.6" },
    { identity: "node" },
  ],
  run: [
    {},
    { restart: "Always", retries: 0 },
    { restart: "OnFailure", schedule: "@daily", timeZone: "UTC", concurrency: "Replace" },
    { minExecutors: 0, maxExecutors: 5, executors: 0, prometheus: true },
    { imagePullSecrets: ["registry"], imagePullPolicy: "Always", eventLog: "none" },
    {
      nodeSelector: { pool: "spark" },
      tolerations: [{ key: "a", operator: "Exists", effect: "NoSchedule" }],
      nearDriver: true,
    },
  ],
};

function* combinations(): Generator<readonly [string, ManifestInput]> {
  for (const profile of [undefined, ...profileNames] as readonly (ProfileName | undefined)[]) {
    for (const disk of variants.disk ?? []) {
      for (const identity of variants.identity ?? []) {
        for (const run of variants.run ?? []) {
          const settings = { ...disk, ...identity, ...run };
          yield [`${profile} ${JSON.stringify(settings)}`, { ...input, profile, settings }];
        }
      }
    }
  }
}

describeSchema("planManifest on a real API server", () => {
  let plane: ControlPlane;
  let client: KubeClient;
  let schemas: CrdSchemas;
  beforeAll(async () => {
    plane = await startControlPlane();
    client = await openKubeClient({ env: { KUBECONFIG: plane.kubeconfig } });
    const found = await schemasOfCluster(client);
    if (found === undefined) throw new Error("the cluster has no SparkApplication");
    schemas = found;
  }, CONTROL_PLANE_TIMEOUT_MS);
  afterAll(async () => {
    client?.close();
    await plane?.stop();
  });

  /** What the API server says, and whether it names a field. */
  const refusal = async (object: KubeObject): Promise<string> => {
    try {
      await createObject(client, object, { dryRun: true });
      return "";
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      return error.message;
    }
  };

  const accepted = async ({ application, support }: Manifest): Promise<string[]> => {
    const refusals = await Promise.all([...support, application].map(refusal));
    return refusals.filter((each) => each !== "");
  };

  test("accepts every profile as it is", async () => {
    for (const profile of [undefined, ...profileNames]) {
      const manifest = planManifest({ ...input, profile });
      expect(await accepted(manifest), String(profile)).toEqual([]);
      expect(await schemaProblems(manifest.application, schemas)).toEqual([]);
    }
  });

  test("accepts every combination of profile, disk, identity and way to run", async () => {
    const all = [...combinations()];
    expect(all.length).toBe(5 * 5 * 4 * 6);
    const wrong: string[] = [];
    for (let at = 0; at < all.length; at += 20) {
      const batch = all.slice(at, at + 20).map(async ([name, each]) => {
        const { application } = planManifest(each);
        const said = await refusal(application);
        if (said !== "") wrong.push(`${name}: ${said}`);
      });
      await Promise.all(batch);
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  test("is applied twice without a conflict", async () => {
    const { application, support } = planManifest(input);
    for (const object of [...support, application, ...support, application]) {
      await applyObject(client, object);
    }
    const changed = planManifest({ ...input, settings: { executors: 5 } }).application;
    expect(await applyObject(client, changed)).toMatchObject({
      spec: { executor: { instances: 5 } },
    });
  });

  /** Each is wrong in one way; the field is what both checks must name. */
  const mistakes: readonly (readonly [field: string, patch: unknown])[] = [
    ["spec.executor.coers", { spec: { executor: { coers: 4 } } }],
    ["spec.executor.cores", { spec: { executor: { cores: "four" } } }],
    ["spec.executor.instances", { spec: { executor: { instances: 0.5 } } }],
    ["spec.restartPolicy.type", { spec: { restartPolicy: { type: "Sometimes" } } }],
    ["spec.type", { spec: { type: null } }],
    ["spec.sparkConf.spark.ui.port", { spec: { sparkConf: { "spark.ui.port": 4050 } } }],
    ["spec.volumes[0].name", { spec: { volumes: [{ name: 7, emptyDir: {} }] } }],
    ["spec.volumes[0].emptydir", { spec: { volumes: [{ name: "x", emptydir: {} }] } }],
    ["spec.driver.tolerations", { spec: { driver: { tolerations: { key: "a" } } } }],
    ["spec.monitoring.prometheus.jmxExporterJar", { spec: { monitoring: MONITORING } }],
  ];

  test.each(mistakes)(
    "a patch that is wrong at %s is refused there, by us and by it",
    async (field, patch) => {
      const { application } = planManifest({ ...input, patches: [patch] });
      const problems = await schemaProblems(application, schemas);
      expect(problems.map(({ subject }) => subject)).toContain(field);
      expect(await refusal(application)).toContain(field.replace(/.*\.(?=spark\.ui)/, ""));
    },
  );

  test("a number beyond 32 bits is refused by us: the API server takes it, the operator cannot", async () => {
    const patches = [{ spec: { executor: { instances: 3_000_000_000 } } }];
    const { application } = planManifest({ ...input, patches });
    expect(await schemaProblems(application, schemas)).toMatchObject([
      { subject: "spec.executor.instances" },
    ]);
  });

  test("a mistyped field is told with the one that was meant", async () => {
    const patches = [{ spec: { executor: { memoryOverhed: "1g" } } }];
    const { application } = planManifest({ ...input, patches });
    expect(await schemaProblems(application, schemas)).toEqual([
      {
        subject: "spec.executor.memoryOverhed",
        message: "no such field; did you mean memoryOverhead?",
      },
    ]);
  });
});

const MONITORING = {
  exposeDriverMetrics: true,
  exposeExecutorMetrics: true,
  prometheus: { port: 8090 },
};
