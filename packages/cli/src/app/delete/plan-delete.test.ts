import { expect, test } from "vitest";
import { type Belongings, planDelete, repositoryOf } from "./plan-delete.js";

const ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/words";
const account = {
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "spark", namespace: "jobs" },
};

const there: Belongings = {
  app: { namespace: "jobs", name: "words", image: `${ECR}@sha256:1` },
  bucket: "books",
  artefacts: ["p/jars/1.jar", "p/maps/2.map", "p/records/3.json"],
  lostRecords: [],
  usedByOthers: new Set(),
  eventLogs: [{ key: "p/spark-events/spark-1", size: 9 }],
  sharedFolder: undefined,
  results: [
    {
      prefix: "s3://books/out",
      suffix: "",
      total: 1,
      shards: [{ url: "s3://books/out-00000-of-00001", size: 3 }],
      missing: [],
    },
  ],
  drafts: ["s3://books/.beamline-temp-out/1"],
  support: [account],
  neighbours: [],
};

const careful = { keepHistory: false, results: false, ecr: false };

test("planDelete takes all that deploys have made, and leaves results and images", () => {
  const plan = planDelete(there, careful);
  expect(plan.keys).toEqual([
    "p/jars/1.jar",
    "p/maps/2.map",
    "p/records/3.json",
    "p/spark-events/spark-1",
  ]);
  expect(plan.objects).toEqual([account]);
  expect(plan.results).toEqual(["s3://books/.beamline-temp-out/1"]);
  expect(plan.repository).toBeUndefined();
  expect(plan.left.map(({ what }) => what)).toEqual([
    "s3://books/out-*: 1 shard",
    `the image repository ${ECR}`,
  ]);
});

test("planDelete leaves nothing when it is asked to", () => {
  const plan = planDelete(there, { keepHistory: false, results: true, ecr: true });
  expect(plan.results).toContain("s3://books/out-00000-of-00001");
  expect(plan.repository).toBe(ECR);
  expect(plan.left).toEqual([]);
});

test("planDelete leaves what other applications use", () => {
  const plan = planDelete(
    { ...there, usedByOthers: new Set(["p/jars/1.jar"]), neighbours: ["letters"] },
    careful,
  );
  expect(plan.keys).not.toContain("p/jars/1.jar");
  expect(plan.objects).toEqual([]);
  expect(plan.left).toContainEqual({
    what: "1 artefact in s3://books",
    why: "other applications use them",
  });
  expect(plan.left).toContainEqual({
    what: "ServiceAccount jobs/spark",
    why: "letters needs them",
  });
});

test("planDelete keeps the folder of event logs for others that write there", () => {
  const plan = planDelete({ ...there, sharedFolder: "p/spark-events/" }, careful);
  expect(plan.keepFolder).toBe("p/spark-events/");
  expect(plan.keys).toContain("p/spark-events/spark-1");
  expect(planDelete(there, careful).keepFolder).toBeUndefined();
});

test("planDelete says what it cannot find any more", () => {
  const { left } = planDelete({ ...there, lostRecords: ["s3://books/p/records/0.json"] }, careful);
  expect(left.at(-1)?.why).toBe("there is no s3://books/p/records/0.json any more");
});

test("planDelete keeps the history on demand, and never claims a repository that is not in ECR", () => {
  const elsewhere = { ...there, app: { ...there.app, image: "localhost:5000/words@sha256:1" } };
  const plan = planDelete(elsewhere, { keepHistory: true, results: true, ecr: true });
  expect(plan.keys).not.toContain("p/spark-events/spark-1");
  expect(plan.repository).toBeUndefined();
  expect(plan.left.map(({ what }) => what)).toEqual([
    "its event log",
    "the image repository localhost:5000/words",
  ]);
});

test.each([
  ["localhost:5000/a/b@sha256:1", "localhost:5000/a/b"],
  ["localhost:5000/a/b:tag", "localhost:5000/a/b"],
  ["a/b:tag@sha256:1", "a/b"],
])("repositoryOf takes tag and digest from %s", (image, repository) => {
  expect(repositoryOf(image)).toBe(repository);
});
