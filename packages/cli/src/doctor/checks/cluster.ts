import { getObject } from "../../kube/objects.js";
import { type Check, fail, ok } from "../check.js";

export const clusterCheck: Check = {
  id: "cluster",
  proves: "the cluster can be reached, and accepts you",
  async run({ connect }) {
    const { client, version } = await connect();
    return ok(`Kubernetes ${version} at ${client.server}, context ${client.context}`);
  },
};

export const namespaceCheck: Check = {
  id: "namespace",
  proves: "the application's namespace is there",
  async run(world) {
    const { namespace: name, signal } = world;
    const client = await world.client();
    const found = await getObject(
      client,
      { apiVersion: "v1", kind: "Namespace", name },
      { signal },
    );
    if (found === undefined) {
      return fail(`there is no namespace ${name}`, `kubectl create namespace ${name}`);
    }
    if (found.metadata.deletionTimestamp !== undefined) {
      return fail(`${name} is being deleted`, "wait for its end, or choose another --namespace");
    }
    return ok(name);
  },
};
