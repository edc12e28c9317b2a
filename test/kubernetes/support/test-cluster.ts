import { join } from "node:path";
import { api, apply } from "../../../tools/kubernetes/api.mjs";
import { runningCluster } from "../../../tools/kubernetes/cluster-state.mjs";
import { run } from "../../../tools/lib/run.mjs";

type KubeObject = Parameters<typeof apply>[2];

/** The cluster that pod tests run in; tools/kubernetes/test.mjs has brought it up. */
export interface TestCluster {
  /** Folder of the programs that go with it, `kubectl` and `crane` among them. */
  readonly programs: string;
  /** Path of a file whose one context, `beamline-test`, may do anything. */
  readonly kubeconfig: string;
  readonly server: string;
  readonly token: string;
  /** HOST:PORT of an image registry, which pods and tests call the same; plain HTTP. */
  readonly registry: string;
  /** Reference of an image laid out as Apache's Spark image is. */
  readonly spark: string;
  /** For pods and tests alike; path style. */
  readonly s3: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  /** The one whose applications the operator acts on. */
  readonly jobNamespace: string;
  /** Under which drivers may run there. */
  readonly serviceAccount: string;
  /** Sends a request to the API server: method, path, object to send. */
  api(method: string, path: string, body?: unknown): Promise<string>;
  /** Creates an object, or changes it to this. */
  apply(plural: string, object: KubeObject): Promise<string>;
  kubectl(...args: readonly string[]): Promise<string>;
}

/** Throws where the process is not inside a cluster. */
export function testCluster(): TestCluster {
  const name = process.env.BEAMLINE_TEST_CLUSTER_NAME;
  const cluster = name === undefined ? undefined : runningCluster(name);
  const { registry, spark, s3, jobNamespace, serviceAccount } = cluster ?? {};
  if (!cluster || !registry || !spark || !s3 || !jobNamespace || !serviceAccount) {
    throw new Error(
      "Cannot run pod tests: this is not inside a test cluster; run node tools/kubernetes/test.mjs",
    );
  }
  const { kubeconfig, server, token } = cluster;
  const programs = join(cluster.folder, "bin");
  const access = { server, token, ca: join(cluster.folder, "keys", "ca.crt") };
  return {
    ...{ programs, kubeconfig, server, token, registry, spark, s3, jobNamespace, serviceAccount },
    api: (method, path, body) =>
      api(access, method, path, body === undefined ? {} : { body: JSON.stringify(body) }),
    apply: (plural, object) => apply(access, plural, object),
    async kubectl(...args) {
      const env = { KUBECONFIG: kubeconfig };
      const { code, stdout, output } = await run(join(programs, "kubectl"), args, { env });
      if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${output}`);
      return stdout;
    },
  };
}
