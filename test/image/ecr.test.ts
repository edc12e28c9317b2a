import { afterAll, beforeAll, expect, test } from "vitest";
import { Ecr, ecrRegistry } from "../../packages/cli/dist/aws/ecr.js";
import { callerIdentity } from "../../packages/cli/dist/aws/sts.js";
import { type Moto, startMoto } from "../support/moto.js";

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
  process.env.AWS_ACCESS_KEY_ID = "test";
  process.env.AWS_SECRET_ACCESS_KEY = "test";
}, 300_000);
afterAll(() => moto?.stop());

test("ecrRegistry knows ECR's host names, and no others", () => {
  const registry = { account: "123456789012", region: "eu-west-1" };
  for (const host of [
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
    "123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com",
  ]) {
    expect(ecrRegistry(host)).toEqual(registry);
  }
  expect(ecrRegistry("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn")?.region).toBe(
    "cn-north-1",
  );
  for (const host of ["ghcr.io", "public.ecr.aws", "dkr.ecr.eu-west-1.amazonaws.com.evil.io"]) {
    expect(ecrRegistry(host)).toBeUndefined();
  }
});

test("Ecr creates a repository once, logs in, and deletes it", async () => {
  const { account } = await callerIdentity({ endpoint: moto.endpoint, region: "eu-west-1" });
  const ecr = new Ecr({ account, region: "eu-west-1" }, { endpoint: moto.endpoint });
  expect(await ecr.hasRepository("team/words")).toBe(false);
  expect(await ecr.ensureRepository("team/words", { "managed-by": "beamline" })).toBe(true);
  expect(await ecr.ensureRepository("team/words")).toBe(false);
  expect(await ecr.login()).toMatchObject({
    username: "AWS",
    password: expect.stringMatching(/./),
  });
  expect(await ecr.deleteRepository("team/words")).toBe(true);
  expect(await ecr.deleteRepository("team/words")).toBe(false);
});

test("Ecr says in words that AWS is not there", async () => {
  const ecr = new Ecr(
    { account: "123456789012", region: "eu-west-1" },
    { endpoint: "http://127.0.0.1:1" },
  );
  await expect(ecr.login()).rejects.toThrow(/^Cannot log in to ECR: AWS could not be reached/);
}, 60_000);
