import { expect, test } from "vitest";
import { buildxLine, dockerfile } from "./dockerfile.js";
import { imageDocuments, indexDocument } from "./oci/image-documents.js";
import { type ImageInput, planImage } from "./plan-image.js";
import { sbomOf } from "./sbom.js";

const input: ImageInput = {
  image: "reg.io/team/words",
  platforms: ["linux/amd64", "linux/arm64"],
  pipeline: { name: "words", jar: "/tmp/pipeline.jar", codeDigest: "c".repeat(64) },
  node: { version: "22.1.0", folders: { "linux/amd64": "/n/x64", "linux/arm64": "/n/arm" } },
  runtime: { version: "0.1.0", folder: "/r", files: ["bin/beamline-boot", "package.json"] },
  s3a: { jars: ["/j/hadoop-aws-3.3.4.jar"], hadoopVersion: "3.3.4", awsVersion: "1.12.262" },
  jobServer: { jar: "/j/job-server.jar", beamVersion: "2.62.0" },
  packages: [{ name: "zod", version: "4.0.0", purl: "pkg:npm/zod@4.0.0" }],
};

test("planImage puts what changes often on top, and tags by the code", () => {
  const plan = planImage(input);
  expect(plan.target).toEqual({ host: "reg.io", repository: "team/words", tag: "c".repeat(12) });
  expect(plan.layers.map(({ name, platform = "all" }) => `${name} ${platform}`)).toEqual([
    "s3a all",
    "job-server all",
    "node linux/amd64",
    "node linux/arm64",
    "runtime all",
    "pipeline all",
  ]);
  expect(plan.changes.user).toBe("185");
  const paths = plan.layers.flatMap(({ content }) => content.entries.map(({ path }) => path));
  expect(paths).toEqual(
    expect.arrayContaining([
      "/opt/spark/jars/hadoop-aws-3.3.4.jar",
      "/opt/apache/beam/boot",
      "/opt/beamline/pipeline.jar",
      "/usr/local/bin/node",
    ]),
  );
});

test("planImage changes one layer when the code does", () => {
  const jar = "/tmp/other.jar";
  const pipeline = { ...input.pipeline, jar, codeDigest: "d".repeat(64) };
  const [before, after] = [planImage(input), planImage({ ...input, pipeline })];
  const changed = after.layers.filter(
    ({ content }, i) => JSON.stringify(content) !== JSON.stringify(before.layers[i]?.content),
  );
  expect(changed.map(({ name }) => name)).toEqual(["pipeline"]);
});

const layer = (name: string, digit: string) => ({
  name,
  descriptor: { mediaType: "t", digest: `sha256:${digit}`, size: 1 },
  diffId: `sha256:diff-${digit}`,
});

const changes = { user: "185", env: { B: "2" }, labels: { l: "v" }, annotations: { a: "v" } };

test("imageDocuments keep the base's settings and layers under ours", () => {
  const config = {
    os: "linux",
    architecture: "arm64",
    created: "2024-01-02T03:04:05Z",
    config: { Env: ["A=1", "B=1"], Entrypoint: ["/e"], Labels: { l: "old", k: "v" } },
    rootfs: { type: "layers", diff_ids: ["sha256:base"] },
    history: [{ created_by: "x" }, { created_by: "y", empty_layer: true }],
  };
  const layers = [{ mediaType: "t", digest: "sha256:0", size: 1 }];
  const base = { platform: "linux/arm64", digest: "sha256:b", config, layers };
  const image = imageDocuments(base, [layer("node", "1")], changes);
  const made = JSON.parse(image.config.bytes.toString());
  expect(made).toMatchObject({
    architecture: "arm64",
    created: "2024-01-02T03:04:05Z",
    config: { User: "185", Env: ["A=1", "B=2"], Entrypoint: ["/e"], Labels: { l: "v", k: "v" } },
    rootfs: { diff_ids: ["sha256:base", "sha256:diff-1"] },
  });
  expect(made.history).toHaveLength(3);
  const manifest = JSON.parse(image.manifest.bytes.toString());
  expect(manifest.layers.map(({ digest }: { digest: string }) => digest)).toEqual([
    "sha256:0",
    "sha256:1",
  ]);
  const index = indexDocument([{ base, manifest: image.manifest }], { a: "v" });
  expect(JSON.parse(index.bytes.toString()).manifests).toEqual([
    {
      mediaType: image.manifest.mediaType,
      digest: image.manifest.digest,
      size: image.manifest.size,
      platform: { architecture: "arm64", os: "linux" },
    },
  ]);
});

test("imageDocuments tell no history that would not count the base's layers", () => {
  const config = {
    os: "linux",
    architecture: "amd64",
    rootfs: { type: "layers", diff_ids: ["sha256:base"] },
  };
  const base = { platform: "linux/amd64", digest: "sha256:b", config, layers: [] };
  const { config: made } = imageDocuments(base, [layer("node", "1")], changes);
  expect(JSON.parse(made.bytes.toString()).history).toEqual([]);
});

test("dockerfile copies each layer, by the platform where it differs", () => {
  const plan = planImage(input);
  const text = dockerfile(plan);
  expect(text).toMatch(/^FROM docker\.io\/apache\/spark:3\.5\.3/);
  expect(text).toMatch(/^COPY node-\$\{TARGETARCH\}\/ \/$/m);
  expect(text).toContain("COPY pipeline/ /");
  expect(text.trimEnd().endsWith("USER 185")).toBe(true);
  expect(buildxLine(plan, "build")).toBe(
    `docker buildx build --platform linux/amd64,linux/arm64 --tag reg.io/team/words:${"c".repeat(12)} --push build`,
  );
});

test("sbomOf lists what is in the image, the same each time", () => {
  const subject = {
    digest: `sha256:${"1".repeat(64)}`,
    baseDigest: `sha256:${"2".repeat(64)}`,
    created: "2024-01-02T03:04:05Z",
  };
  const text = sbomOf(planImage(input), subject);
  expect(sbomOf(planImage(input), subject)).toBe(text);
  const sbom = JSON.parse(text);
  expect(sbom).toMatchObject({ spdxVersion: "SPDX-2.3", SPDXID: "SPDXRef-DOCUMENT" });
  const purls = sbom.packages.flatMap(
    ({ externalRefs = [] }: { externalRefs?: { referenceLocator: string }[] }) =>
      externalRefs.map(({ referenceLocator }) => referenceLocator),
  );
  expect(purls).toEqual([
    "pkg:generic/node@22.1.0",
    "pkg:maven/com.amazonaws/aws-java-sdk-bundle@1.12.262",
    "pkg:maven/org.apache.beam/beam-runners-spark-3@2.62.0",
    "pkg:maven/org.apache.hadoop/hadoop-aws@3.3.4",
    "pkg:npm/beamline@0.1.0",
    "pkg:npm/zod@4.0.0",
  ]);
  const ids = new Set(sbom.packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID));
  expect(ids.size).toBe(sbom.packages.length);
});
