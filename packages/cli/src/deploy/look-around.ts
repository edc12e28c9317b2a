import type { Storage } from "../app/storage.js";
import type { KubeClient } from "../kube/client.js";
import { type KubeObject, refOf } from "../kube/kube-object.js";
import { getObject } from "../kube/objects.js";
import type { DeployWish, World } from "./plan-deploy.js";

/** Looks up what there is of all that a deploy wants; changes nothing. */
export async function lookAround(
  client: KubeClient,
  storage: Storage,
  { artefacts, support, application }: Pick<DeployWish, "artefacts" | "support" | "application">,
  signal: AbortSignal,
): Promise<World> {
  const get = (object: KubeObject) => getObject<KubeObject>(client, refOf(object), { signal });
  const [stored, objects, live] = await Promise.all([
    Promise.all(artefacts.map(async ({ key }) => ((await storage.head(key)) === undefined ? [] : [key]))),
    Promise.all(support.map(get)),
    get(application),
  ]);
  return { stored: new Set(stored.flat()), support: objects, application: live };
}
