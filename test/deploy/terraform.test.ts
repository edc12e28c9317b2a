import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { type IamInput, planIam } from "../../packages/cli/src/iam/plan-iam.js";
import { openKubeClient } from "../../packages/cli/src/kube/client.js";
import type { KubeObject } from "../../packages/cli/src/kube/kube-object.js";
import { createObject } from "../../packages/cli/src/kube/objects.js";
import {
  CONTROL_PLANE_TIMEOUT_MS,
  type ControlPlane,
  describeSchema,
  startControlPlane,
} from "../kubernetes/support/control-plane.js";

const MODULE = fileURLToPath(new URL("../../deploy/terraform", import.meta.url));
const CHART = join(MODULE, "charts", "spark-history-server");

/**
 * Neither program comes from a registry that CI reaches, so where one is missing its tests are not
 * there at all, with a line that says so.
 */
function has(program: string): boolean {
  const found = spawnSync(program, ["version"], { stdio: "ignore" }).status === 0;
  if (!found) console.warn(`\nNOT TESTED: what needs ${program}, which is not on this machine\n`);
  return found;
}

const env = { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1" };

/** The module's resources and their outer arguments, as they are written. */
function resources(): readonly string[] {
  return readdirSync(MODULE)
    .filter((file) => file.endsWith(".tf"))
    .flatMap(
      (file) => readFileSync(join(MODULE, file), "utf8").match(/^resource ".*" ".*"/gm) ?? [],
    )
    .sort();
}

test("the module has what the guide promises, and a variable's default is what its README says", () => {
  expect(resources()).toEqual([
    'resource "aws_ecr_repository" "worker"',
    'resource "aws_eks_pod_identity_association" "pods"',
    'resource "aws_iam_policy" "deployer"',
    'resource "aws_iam_role" "pods"',
    'resource "aws_iam_role_policy" "pods"',
    'resource "aws_s3_bucket" "this"',
    'resource "aws_s3_bucket_lifecycle_configuration" "this"',
    'resource "aws_s3_bucket_public_access_block" "this"',
    'resource "aws_s3_object" "event_log"',
    'resource "helm_release" "history_server"',
    'resource "helm_release" "operator"',
  ]);
  const readme = readFileSync(join(MODULE, "README.md"), "utf8");
  const variables = readFileSync(join(MODULE, "variables.tf"), "utf8");
  for (const [, name = "", body = ""] of variables.matchAll(/^variable "(\w+)" \{(.*?)^\}/gms)) {
    expect(readme).toContain(`\`${name}\``);
    const [, text] = /default += "(.*)"/.exec(body) ?? [];
    if (text !== undefined) expect(readme).toContain(`\`${text}\``);
  }
});

if (has("terraform")) {
  describe("the module's policies, evaluated by terraform", () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "beamline-terraform-"));
      cpSync(join(MODULE, "policies"), folder, { recursive: true });
      execFileSync("terraform", ["init", "-input=false"], { cwd: folder, env, stdio: "ignore" });
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const evaluate = (variables: object): Readonly<Record<string, unknown>> => {
      writeFileSync(join(folder, "terraform.tfvars.json"), JSON.stringify(variables));
      const apply = ["apply", "-auto-approve", "-input=false"];
      execFileSync("terraform", apply, { cwd: folder, env, stdio: "ignore" });
      const text = execFileSync("terraform", ["output", "-json"], { cwd: folder, env });
      const outputs: Readonly<Record<string, { value: string }>> = JSON.parse(text.toString());
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { value }]) => [name, JSON.parse(value)]),
      );
    };

    const issuer = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
    const input: IamInput = {
      region: "eu-west-1",
      account: "123456789012",
      home: { bucket: "acme", prefix: "beamline" },
      reads: [
        { bucket: "books", prefix: "" },
        { bucket: "more", prefix: "a/b" },
      ],
      writes: [{ bucket: "out", prefix: "counts" }],
      repository: "beamline/*",
      cluster: "prod",
      namespace: "jobs",
      serviceAccount: "beamline-spark",
      identity: "irsa",
      oidcIssuer: `https://${issuer}`,
    };

    test.each(["eu-west-1", "us-gov-west-1", "cn-north-1"])(
      "are those that beamline iam prints, in %s",
      (region) => {
        const { namespace, serviceAccount, identity, oidcIssuer, ...same } = { ...input, region };
        const irsa = planIam({ ...input, region });
        const podIdentity = planIam({ ...input, region, identity: "pod-identity" });
        const { Principal } = irsa.trust.Statement[0] ?? {};
        const printed = evaluate({
          ...same,
          namespaces: [namespace],
          service_account: serviceAccount,
          oidc_provider_arn: Principal && "Federated" in Principal ? Principal.Federated : null,
        });
        expect(printed.pods).toEqual(irsa.pods);
        expect(printed.deployer).toEqual(irsa.deployer);
        // The module's role can be taken in both ways.
        expect(printed.trust).toEqual({
          ...irsa.trust,
          Statement: [...podIdentity.trust.Statement, ...irsa.trust.Statement],
        });
        expect([identity, oidcIssuer]).toEqual(["irsa", `https://${issuer}`]);
      },
    );

    test("trust Pod Identity alone where there is no OpenID Connect provider", () => {
      const { namespace, serviceAccount, identity: _, oidcIssuer: __, ...same } = input;
      const { trust } = evaluate({
        ...same,
        namespaces: [namespace],
        service_account: serviceAccount,
      });
      expect(trust).toEqual(planIam({ ...input, identity: "pod-identity" }).trust);
    });
  });

  test("the module is formatted as terraform does", () => {
    const fmt = spawnSync("terraform", ["fmt", "-check", "-recursive", MODULE], { env });
    expect(fmt.stdout.toString()).toBe("");
    expect(fmt.status).toBe(0);
  });
}

if (has("helm")) {
  describeSchema("the History Server's chart", () => {
    let plane: ControlPlane;
    beforeAll(async () => {
      plane = await startControlPlane();
    }, CONTROL_PLANE_TIMEOUT_MS);
    afterAll(() => plane?.stop());

    const chart = (...sets: readonly string[]): readonly KubeObject[] => {
      const args = sets.flatMap((each) => ["--set", each]);
      const text = execFileSync("helm", ["template", "spark-history-server", CHART, ...args]);
      return parseAllDocuments(text.toString()).map((each) => each.toJS());
    };

    test.each([
      [["image=any", "logDirectory=s3a://b/p/"]],
      [
        [
          ...["image=any", "logDirectory=s3a://b/p/", "region=eu-west-1", "awsSecret=keys"],
          ...["s3Endpoint=http://minio:9000", "serviceAccount.roleArn=arn:aws:iam::1:role/a"],
          "imagePullSecrets={one,two}",
        ],
      ],
    ])("makes objects that the API server takes, with %j", async (sets) => {
      const client = await openKubeClient({ env: { KUBECONFIG: plane.kubeconfig } });
      try {
        for (const object of chart(...sets)) {
          const { metadata } = object;
          const inDefault = { ...object, metadata: { ...metadata, namespace: "default" } };
          await createObject(client, inDefault, { dryRun: true });
        }
      } finally {
        client.close();
      }
    });

    test("has the Service that beamline app history looks for", () => {
      const service = chart("image=any", "logDirectory=s3a://b/p/").find(
        ({ kind }) => kind === "Service",
      );
      expect(service).toMatchObject({
        metadata: { labels: { "app.kubernetes.io/name": "spark-history-server" } },
        spec: { ports: [{ port: 18_080 }] },
      });
    });

    test("is refused without an image or a folder", () => {
      expect(() => chart("image=any")).toThrow();
      expect(() => chart("logDirectory=s3a://b/p/")).toThrow();
    });
  });
}
