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
    Promise.all(artefacts.map(async ({ key }) => ((await isThere(storage, key)) ? [key] : []))),
    Promise.all(support.map(get)),
    get(application),
  ]);
  return { stored: new Set(stored.flat()), support: objects, application: live };
}

async function isThere(storage: Storage, key: string): Promise<boolean> {
  if (!key.endsWith("/")) return (await storage.head(key)) !== undefined;
  // The mark of a folder goes when a file comes into it.
  for await (const _ of storage.list(key)) return true;
  return false;
}
