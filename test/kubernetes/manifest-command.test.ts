import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { openKubeClient } from "../../packages/cli/src/kube/client.js";
import { getObject } from "../../packages/cli/src/kube/objects.js";
import {
  CONTROL_PLANE_TIMEOUT_MS,
  type ControlPlane,
  describeSchema,
  startControlPlane,
} from "./support/control-plane.js";
import { runCli } from "./support/in-process.js";

const WORDCOUNT = fileURLToPath(new URL("../../examples/wordcount.ts", import.meta.url));

describeSchema("beamline manifest", () => {
  let plane: ControlPlane;
  let cwd: string;
  let online: Record<string, string>;
  beforeAll(async () => {
    plane = await startControlPlane();
  }, CONTROL_PLANE_TIMEOUT_MS);
  afterAll(() => plane?.stop());
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "beamline-manifest-"));
    online = { KUBECONFIG: plane.kubeconfig, XDG_CACHE_HOME: join(cwd, "cache") };
    return () => rmSync(cwd, { recursive: true });
  });

  const IMAGE = "registry.example/words:v1";
  const manifest = (env: Record<string, string>, ...flags: readonly string[]) =>
    runCli(["manifest", WORDCOUNT, "--bucket", "books", "--image", IMAGE, ...flags], { cwd, env });

  test("prints what kubectl applies, the same each time", async () => {
    const { code, stdout } = await manifest(online);
    expect(code).toBe(0);
    expect((await manifest(online)).stdout).toBe(stdout);
    const kubectl = join(dirname(plane.kubeconfig), "bin", "kubectl");
    const applied = execFileSync(
      kubectl,
      ["--kubeconfig", plane.kubeconfig, "apply", "--validate=strict", "-f", "-"],
      { input: stdout },
    );
    expect(applied.toString()).toContain("sparkapplication.sparkoperator.k8s.io/wordcount created");
  });

  test("takes environment and patch from the configuration, and flags before them", async () => {
    writeFileSync(
      join(cwd, "beamline.config.ts"),
      [
        'import { defineConfig } from "@beamline/cli/config";',
        "export default defineConfig({",
        '  defaults: { prefix: "all", executors: 3, patch: ["team.yaml"] },',
        '  environments: { prod: { namespace: "jobs", executors: 9, profile: "graviton" } },',
        "});",
      ].join("\n"),
    );
    writeFileSync(join(cwd, "team.yaml"), stringify({ metadata: { labels: { team: "books" } } }));
    const { stdout, stderr } = await manifest(
      online,
      "--env",
      "prod",
      "--executors",
      "5",
      "--json",
    );
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "the cluster beamline-test",
      application: {
        metadata: { namespace: "jobs", labels: { team: "books" } },
        spec: {
          executor: { instances: 5, nodeSelector: { "kubernetes.io/arch": "arm64" } },
          sparkConf: { "spark.eventLog.dir": "s3a://books/all/spark-events/" },
        },
      },
    });
  });

  test("without a cluster checks against the one seen last, or a file, or says that it did not", async () => {
    const offline = { ...online, KUBECONFIG: join(cwd, "none") };
    const wrong = ["--set", "spec.executor.coers=4"];
    const unchecked = await manifest(offline, ...wrong);
    expect(unchecked).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("Not checked against the operator's schema"),
    });
    await manifest(online);
    const remembered = await manifest(offline, ...wrong);
    expect(remembered.code).toBe(2);
    expect(remembered.stderr).toContain("a copy of what the cluster beamline-test had");
    expect(remembered.stderr).toContain("spec.executor.coers: no such field; did you mean cores?");

    const client = await openKubeClient({ env: online });
    const kind = "CustomResourceDefinition";
    const definition = await getObject(client, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind,
      name: "sparkapplications.sparkoperator.k8s.io",
    });
    client.close();
    writeFileSync(join(cwd, "crds.yaml"), stringify({ ...definition, kind }));
    const env = { ...offline, XDG_CACHE_HOME: join(cwd, "other") };
    expect(await manifest(env, ...wrong, "--crd", "crds.yaml")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("takes"),
    });
    expect(await manifest(env, "--crd", "crds.yaml")).toMatchObject({ code: 0, stderr: "" });
    expect(await manifest(env, "--crd", "missing.yaml")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("helm show crds"),
    });
  });

  test("writes a file, and says how it is applied", async () => {
    const { stdout, stderr } = await manifest(online, "--out", "job.yaml", "--schedule", "@daily");
    expect(stdout).toBe(`${join(cwd, "job.yaml")}\n`);
    expect(stderr).toContain("Written: 4 objects, checked against the cluster beamline-test");
    const documents = parseAllDocuments(readFileSync(join(cwd, "job.yaml"), "utf8"));
    expect(documents.at(-1)?.toJS()).toMatchObject({ kind: "ScheduledSparkApplication" });
  });

  test("tells what is missing and what cannot be read, all at once", async () => {
    writeFileSync(join(cwd, "bad.yaml"), "spec: {a: [1\n");
    const flags = ["--patch", "bad.yaml", "--patch", "none.yaml"];
    const { code, stderr } = await runCli(["manifest", WORDCOUNT, ...flags], { cwd, env: online });
    expect(code).toBe(2);
    for (const text of [
      "--bucket: missing",
      "--image: missing: beamline image makes one",
      "--patch bad.yaml: line 2: ",
      "--patch none.yaml: cannot be read",
    ]) {
      expect(stderr).toContain(text);
    }
  });
});

test("beamline iam prints policies, one alone for aws iam, and what is missing in them", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "beamline-iam-"));
  const run = (...argv: readonly string[]) => runCli(["iam", ...argv], { cwd, env: {} });
  try {
    const facts = ["--account", "123456789012", "--oidc-issuer", "https://oidc.example/id/A"];
    const all = await run("--bucket", "acme", "--region", "eu-west-1", ...facts, "--json");
    expect(Object.keys(JSON.parse(all.stdout))).toEqual(["pods", "trust", "deployer"]);
    const one = await run("--bucket", "acme", ...facts, "--part", "trust");
    expect(JSON.parse(one.stdout)).toMatchObject({ Version: "2012-10-17" });
    const noIssuer = await run("--bucket", "acme", "--account", "123456789012");
    expect(noIssuer.stderr).toContain("--oidc-issuer names it");
    expect(noIssuer.stdout).toContain("oidc-provider/OIDC-ISSUER");
    const wrong = await run("--account", "12", "--reads", "books", ...["--writes", "s3://ok/a"]);
    expect(wrong.code).toBe(2);
    for (const text of [
      "--bucket: missing",
      "--account 12: has not 12",
      "--reads books: is no S3",
    ]) {
      expect(wrong.stderr).toContain(text);
    }
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
