import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { untilSlow } from "../support/applications.js";
import { Patients, set } from "../support/patients.js";
import { testCluster } from "../support/test-cluster.js";

/** Failures whose cause is the cluster, which is broken and mended here, one way after the other. */

const cluster = testCluster();
let patients: Patients;
let image: string;
beforeAll(async () => {
  patients = await Patients.open(cluster, "broken-cluster");
  image = await patients.image();
});
afterAll(() => patients?.close());

const deploy = (name: string, ...more: readonly string[]) =>
  patients.bench.beamline([...patients.deployment(name, image), ...more]);

test("a failed deploy says cause, evidence and what mends it, and fails", async () => {
  const { code, stderr } = await deploy("told", ...set("spec.mainClass=com.example.Missing"));
  expect(code, stderr).toBe(3);
  expect(stderr).toMatch(/^Cause: the class com\.example\.Missing is not in the image/m);
  expect(stderr).toMatch(/^ {2}log of told-driver, 2/m);
  expect(stderr).toMatch(/^ {2}mend {2}beamline image /m);
  expect(stderr).toMatch(
    /^Cannot finish default\/told: it failed: the class com\.example\.Missing/m,
  );
  const doctor = await patients.bench.beamline(["doctor", "told"]);
  expect(doctor.stdout).toContain("the class com.example.Missing is not in the image");
  await patients.clear("told");
});

test("quota: what the namespace does not allow is told", async () => {
  await cluster.kubectl("create", "quota", "small", "--hard=pods=0");
  try {
    await deploy("quota", "--detach");
    const { cause } = await patients.untilFound("quota", "quota");
    expect(cause).toContain("quota small");
    await patients.clear("quota");
  } finally {
    await cluster.kubectl("delete", "quota", "small");
  }
});

test("stale-driver: a driver that a missing webhook has left is told, and goes with app delete", async () => {
  const manifest = ["manifest", ...patients.deployment("stale", image).slice(1)];
  const { stdout } = await patients.bench.beamline(manifest);
  const file = join(patients.folder, "stale.yaml");
  writeFileSync(file, stdout);
  const labels = "spark-role=driver,sparkoperator.k8s.io/app-name=stale";
  const options = [`--image=${image}`, `--labels=${labels}`, "--restart=Never"];
  await cluster.kubectl(
    "run",
    "stale-driver",
    ...options,
    "--command",
    "--",
    "tini",
    "sleep",
    "600",
  );
  await cluster.kubectl("apply", "-f", file);
  const { cause } = await patients.untilFound("stale", "stale-driver");
  expect(cause).toContain("there is a pod stale-driver already");
  await patients.clear("stale");
});

test("webhook: an operator whose webhook does not answer is waited for, then told", async () => {
  const of = ["deployment/spark-operator-webhook", "--namespace", "spark-operator"];
  const pods = ["pods", "-l", "app.kubernetes.io/component=webhook", "-n", "spark-operator"];
  await cluster.kubectl("scale", ...of, "--replicas=0");
  try {
    await cluster.kubectl("delete", ...pods, "--grace-period=0", "--force");
    const { code, stderr } = await deploy("hookless", "--patience", "5s");
    expect(code, stderr).toBe(3);
    expect(stderr).toContain("waiting for the Spark operator's webhook to come up");
    expect(stderr).toMatch(
      /Cannot apply default\/hookless: the API server cannot reach the webhook/,
    );
  } finally {
    await cluster.kubectl("scale", ...of, "--replicas=1");
    await cluster.kubectl("rollout", "status", ...of, "--timeout=300s");
  }
});

test("no-crd: a cluster without the operator is told", async () => {
  const crd = "sparkapplications.sparkoperator.k8s.io";
  const saved = await cluster.kubectl("get", "customresourcedefinition", crd, "-o", "json");
  const { apiVersion, kind, metadata, spec } = JSON.parse(saved);
  await cluster.kubectl("delete", "customresourcedefinition", crd);
  try {
    const { code, stderr } = await deploy("typeless", "--detach");
    expect(code, stderr).toBe(3);
    expect(stderr).toMatch(/the cluster has no Spark operator/);
  } finally {
    const file = join(patients.folder, "crd.json");
    const { name, annotations, labels } = metadata;
    const bare = { apiVersion, kind, metadata: { name, annotations, labels }, spec };
    writeFileSync(file, JSON.stringify(bare));
    await cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", file);
    await untilSlow("the operator's types", async () => {
      await cluster.kubectl("get", "sparkapplications", "-o", "name");
      return true;
    });
  }
});
