import { hasPodIdentity } from "../../aws/eks.js";
import { getObject } from "../../kube/objects.js";
import { credentialsProvider } from "../../manifest/identity.js";
import { type Check, type CheckResult, fail, ok, skipped, warn } from "../check.js";
import type { Secret } from "../kube-types.js";
import { supportOf, type World } from "../world.js";

const ROLE = "eks.amazonaws.com/role-arn";

/** Against the line of hadoop-aws in the image: it decides what Spark's own S3 knows. */
export const identityCheck: Check = {
  id: "identity",
  proves: "pods get AWS credentials, in a way that the image's S3 knows",
  async run(world) {
    const { settings } = world;
    const provider = credentialsProvider(settings.identity, settings);
    const line = `hadoop-aws ${settings.hadoopVersion}`;
    if (!provider.ok && settings.eventLog !== "none") {
      return fail(provider.problem.message, "beamline deploy FILE --identity irsa --role-arn ARN");
    }
    switch (settings.identity) {
      case "irsa":
        return await irsa(world, line);
      case "pod-identity":
        return await podIdentity(world, line);
      case "secret":
        return await secret(world);
      case "node":
        return warn(
          "pods take the role of their node, as all pods there can; nodes with a hop limit of 1 give it to none",
          "beamline iam --identity irsa prints a role of their own",
        );
    }
  },
};

async function irsa(world: World, line: string): Promise<CheckResult> {
  const { namespace, settings } = world;
  const name = settings.serviceAccount;
  const client = await world.client();
  const ref = { apiVersion: "v1", kind: "ServiceAccount", namespace, name };
  const there = await getObject(client, ref, { signal: world.signal });
  const planned = supportOf(world, "ServiceAccount")?.metadata.annotations?.[ROLE];
  const role = planned ?? there?.metadata.annotations?.[ROLE];
  if (role === undefined) {
    return fail(
      `the account ${namespace}/${name} names no IAM role, so its pods have no credentials`,
      "beamline deploy FILE --role-arn ARN; beamline iam prints the role's policies",
    );
  }
  return ok(`${namespace}/${name} takes ${role} (${line} knows it)`);
}

async function podIdentity(world: World, line: string): Promise<CheckResult> {
  const { namespace, settings, eksCluster: cluster, region, awsProfile: profile } = world;
  const { serviceAccount } = settings;
  if (cluster === undefined) {
    return skipped("which EKS cluster this is cannot be told from its context; --cluster names it");
  }
  const request = { cluster, namespace, serviceAccount };
  if (await hasPodIdentity(request, { region, profile }, world.signal)) {
    return ok(`${namespace}/${serviceAccount} has a role in ${cluster} (${line} knows it)`);
  }
  return fail(
    `${cluster} associates no role with ${namespace}/${serviceAccount}`,
    `aws eks create-pod-identity-association --cluster-name ${cluster} --namespace ${namespace} --service-account ${serviceAccount} --role-arn ARN`,
  );
}

const KEYS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/** Looks at the names of its keys; the values stay where they are. */
async function secret(world: World): Promise<CheckResult> {
  const { namespace, settings, signal } = world;
  const name = settings.awsSecret ?? "";
  const client = await world.client();
  const ref = { apiVersion: "v1", kind: "Secret", namespace, name };
  const found = await getObject<Secret>(client, ref, { signal });
  const make = `kubectl create secret generic ${name} --namespace ${namespace} --from-literal=AWS_ACCESS_KEY_ID=... --from-literal=AWS_SECRET_ACCESS_KEY=...`;
  if (found === undefined) return fail(`there is no Secret ${namespace}/${name}`, make);
  const missing = KEYS.filter((key) => found.data?.[key] === undefined);
  if (missing.length > 0) {
    return fail(
      `the Secret ${namespace}/${name} lacks ${missing.join(" and ")}`,
      `kubectl delete secret ${name} --namespace ${namespace} && ${make}`,
    );
  }
  return ok(`the Secret ${namespace}/${name} has both keys`);
}

export const pullSecretsCheck: Check = {
  id: "pull-secrets",
  proves: "the Secrets with logins for the image's registry are there",
  async run(world) {
    const { namespace, settings, signal } = world;
    const { imagePullSecrets } = settings;
    if (imagePullSecrets.length === 0)
      return ok("none is named; nodes log in to ECR by themselves");
    const client = await world.client();
    const found = await Promise.all(
      imagePullSecrets.map((name) =>
        getObject(client, { apiVersion: "v1", kind: "Secret", namespace, name }, { signal }),
      ),
    );
    const missing = imagePullSecrets.filter((_, index) => found[index] === undefined);
    if (missing.length === 0) return ok(imagePullSecrets.join(", "));
    return fail(
      `${namespace} has no Secret ${missing.join(", ")}`,
      `kubectl create secret docker-registry ${missing[0]} --namespace ${namespace} --docker-server HOST --docker-username NAME --docker-password ...`,
    );
  },
};
