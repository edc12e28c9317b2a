import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { api } from "../../tools/kubernetes/api.mjs";
import {
  CONTROL_PLANE_TIMEOUT_MS,
  type ControlPlane,
  describeSchema,
  startControlPlane,
} from "./support/control-plane.js";

const APPLICATIONS = "/apis/sparkoperator.k8s.io/v1beta2/namespaces/default/sparkapplications";

describeSchema("startControlPlane", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
  }, CONTROL_PLANE_TIMEOUT_MS);
  afterAll(() => plane?.stop());

  const create = (spec: Readonly<Record<string, unknown>>) => {
    const ca = join(dirname(plane.kubeconfig), "keys", "ca.crt");
    const object = {
      apiVersion: "sparkoperator.k8s.io/v1beta2",
      kind: "SparkApplication",
      metadata: { name: "tried" },
      spec: {
        type: "Java",
        sparkVersion: "3.5.3",
        mainApplicationFile: "local:///a.jar",
        driver: {},
        executor: {},
        ...spec,
      },
    };
    return api({ ...plane, ca }, "POST", `${APPLICATIONS}?dryRun=All`, {
      body: JSON.stringify(object),
    });
  };

  test("takes a SparkApplication that its schema allows", async () => {
    expect(await create({})).toContain('"name":"tried"');
  });

  test("refuses one that it does not allow and names the field", async () => {
    await expect(create({ type: "Cobol" })).rejects.toThrow(/422 .*spec\.type.*Cobol/s);
  });
});
