import type { KubeClient } from "../../kube/client.js";
import { getObject } from "../../kube/objects.js";
import { driverRules } from "../../manifest/support.js";
import { type Check, fail, ok, warn } from "../check.js";
import { supportOf, type World } from "../world.js";

interface Right {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
}

/** What the commands of Beamline do in the cluster. */
const DEPLOYER: readonly Right[] = [
  ...["get", "list", "create", "patch", "delete"].map((verb) => ({
    group: "sparkoperator.k8s.io",
    resource: "sparkapplications",
    verb,
  })),
  ...["get", "list"].map((verb) => ({ group: "", resource: "pods", verb })),
  { group: "", resource: "pods", subresource: "log", verb: "get" },
  { group: "", resource: "events", verb: "list" },
];

const ACCOUNT: readonly Right[] = [
  { group: "", resource: "serviceaccounts", verb: "patch" },
  { group: "rbac.authorization.k8s.io", resource: "roles", verb: "patch" },
  { group: "rbac.authorization.k8s.io", resource: "rolebindings", verb: "patch" },
];

export const rightsCheck: Check = {
  id: "rights",
  proves: "you may deploy, watch and delete in this namespace",
  async run(world) {
    const { namespace } = world;
    const wanted = [...DEPLOYER, ...(world.settings.createServiceAccount ? ACCOUNT : [])];
    const denied = await deniedOf(world, wanted, undefined);
    if (denied.length === 0)
      return ok(`all ${wanted.length} that were asked about, in ${namespace}`);
    return fail(
      `you may not: ${denied.map(wordsFor).join(", ")}`,
      `ask for these rights in ${namespace}: kubectl create rolebinding NAME --namespace ${namespace} --clusterrole edit --user YOU gives most of them`,
    );
  },
};

export const accountCheck: Check = {
  id: "account",
  proves: "the driver's account is there, and may start executors",
  async run(world) {
    const { namespace, settings } = world;
    const { serviceAccount: name, createServiceAccount } = settings;
    const client = await world.client();
    const ref = { apiVersion: "v1", kind: "ServiceAccount", namespace, name };
    const found = await getObject(client, ref, { signal: world.signal });
    const makes = supportOf(world, "ServiceAccount") !== undefined;
    if (found === undefined) {
      if (makes)
        return ok(`${namespace}/${name} is not there yet; deploy makes it, with its rights`);
      return fail(
        `there is no account ${namespace}/${name}`,
        "leave out --no-create-service-account, so that deploy makes it, or name another by --service-account",
      );
    }
    const wanted = driverRules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
      ),
    );
    const user = `system:serviceaccount:${namespace}:${name}`;
    const denied = await deniedOf(world, wanted, user);
    if (denied.length === 0)
      return ok(`${namespace}/${name} may do all ${wanted.length} things that a driver does`);
    const words = `${namespace}/${name} may not: ${denied.map(wordsFor).join(", ")}`;
    if (createServiceAccount) return ok(`${words}; deploy gives it these rights`);
    return warn(
      words,
      "leave out --no-create-service-account, so that deploy gives it these rights",
    );
  },
};

/** Rights that one does not have; another's where a user is named. */
async function deniedOf(
  world: World,
  rights: readonly Right[],
  user: string | undefined,
): Promise<readonly Right[]> {
  const client = await world.client();
  const answers = await Promise.all(rights.map((right) => isAllowed(client, world, right, user)));
  return rights.filter((_, index) => !answers[index]);
}

async function isAllowed(
  client: KubeClient,
  { namespace, signal }: World,
  { group, resource, subresource, verb }: Right,
  user: string | undefined,
): Promise<boolean> {
  const kind = user === undefined ? "SelfSubjectAccessReview" : "SubjectAccessReview";
  const resourceAttributes = {
    namespace,
    group,
    resource,
    verb,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const { status }: { status?: { allowed?: boolean } } = await client.json({
    method: "POST",
    path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind,
      spec: { resourceAttributes, ...(user === undefined ? {} : { user, groups: groupsOf(user) }) },
    },
    action: user === undefined ? "ask what you may do" : `ask what ${user} may do`,
    signal,
  });
  return status?.allowed === true;
}

/** Rights may be given to all accounts of a namespace. */
function groupsOf(user: string): readonly string[] {
  const [, , namespace = ""] = user.split(":");
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
}

function wordsFor({ verb, resource, subresource }: Right): string {
  return `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;
}
