import { setMaxListeners } from "node:events";
import { BeamlineError } from "beamline";
import { type KubeClient, openKubeClient } from "../kube/client.js";
import { KubeError } from "../kube/kube-error.js";
import { listObjects } from "../kube/objects.js";
import { NotChecked } from "./check.js";
import type { Deployment, Node, Pod } from "./kube-types.js";
import type { OperatorParts, World } from "./world.js";

export interface OpenWorld
  extends Omit<World, "connect" | "client" | "operator" | "nodes" | "pods"> {
  readonly context: string | undefined;
}

/** The world with its cluster, which is opened when it is first needed, and asked once for each thing. */
export function openWorld({ context, ...facts }: OpenWorld): World & { close(): void } {
  const { env, namespace, signal } = facts;
  // Many requests at once wait for the one signal.
  setMaxListeners(0, signal);
  let opened: KubeClient | undefined;
  const connect = once(async () => {
    opened = await openKubeClient({ env, context, namespace });
    const { gitVersion }: { gitVersion: string } = await opened.json({
      path: "/version",
      action: "reach the cluster",
      signal,
    });
    return { client: opened, version: gitVersion };
  });
  const client = async (): Promise<KubeClient> => {
    try {
      return (await connect()).client;
    } catch (error) {
      if (!(error instanceof BeamlineError)) throw error;
      throw new NotChecked("the cluster does not answer");
    }
  };
  return {
    ...facts,
    connect,
    client,
    operator: once(async () => operatorIn(await client(), signal)),
    nodes: once(async () =>
      listObjects<Node>(await client(), { apiVersion: "v1", kind: "Node", signal }),
    ),
    pods: once(async () => {
      try {
        return await listObjects<Pod>(await client(), {
          apiVersion: "v1",
          kind: "Pod",
          fieldSelector: "status.phase!=Succeeded,status.phase!=Failed",
          signal,
        });
      } catch (error) {
        if (error instanceof KubeError && error.status === 403) return undefined;
        throw error;
      }
    }),
    close: () => opened?.close(),
  };
}

/** By the labels that its chart gives; by its image where those were changed. */
async function operatorIn(client: KubeClient, signal: AbortSignal): Promise<OperatorParts> {
  const all = await listObjects<Deployment>(client, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    signal,
  });
  const does = (word: string) => (deployment: Deployment) =>
    isOperator(deployment) &&
    deployment.spec.template.spec.containers.some(({ command = [], args = [] }) =>
      [...command, ...args].includes(word),
    );
  return { controller: all.find(does("controller")), webhook: all.find(does("webhook")) };
}

function isOperator({ metadata, spec }: Deployment): boolean {
  if (metadata.labels?.["app.kubernetes.io/name"] === "spark-operator") return true;
  return spec.template.spec.containers.some(({ image = "" }) => image.includes("spark-operator"));
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
