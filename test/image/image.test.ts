import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFaultProxy } from "../../packages/beamline/src/io/filesystem/s3/testdata/fault-proxy.js";
import {
  documentOf,
  type PlatformDescriptor,
} from "../../packages/cli/dist/image/oci/descriptor.js";
import { LayerStore } from "../../packages/cli/dist/image/oci/layer-store.js";
import { RegistryClient } from "../../packages/cli/dist/image/oci/registry-client.js";
import { Repository } from "../../packages/cli/dist/image/oci/repository.js";
import { beamline, type CommandEnded } from "../support/command-line.js";
import {
  describeRegistry,
  dockerConfig,
  type Registry,
  startRegistry,
} from "../support/docker-registry.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";

interface Layer {
  readonly name: string;
  readonly digest: string;
  readonly size: number;
  readonly state: string;
}

interface Made {
  readonly digest: string;
  readonly reference: string;
  readonly uploadedBytes: number;
  readonly unchanged: boolean;
  readonly layers: readonly Layer[];
}

describeRegistry("beamline image", () => {
  let folder: string;
  let registry: Registry;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "beamline-image-test-"));
    // A project of its own, whose code can change.
    mkdirSync(join(folder, "node_modules"));
    for (const name of ["beamline", "zod"]) {
      symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
    }
    writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }');
    cpSync(join(root, "examples/wordcount.ts"), join(folder, "words.ts"));
    writeFileSync(join(folder, "job-server.jar"), "stands for a hundred megabytes");
    registry = await startRegistry();
    await pushBase(registry.host, "base/spark", ["amd64", "arm64"]);
    await pushBase(registry.host, "base/intel", ["amd64"]);
  }, 60_000);

  afterAll(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A small base as Spark's images were before they had a user of their own. */
  async function pushBase(host: string, name: string, architectures: readonly string[]) {
    const client = new RegistryClient({ host, credentials: async () => undefined });
    const repository = new Repository(client, name, { push: true });
    const store = new LayerStore(join(folder, "base-layers"));
    const passwd = Buffer.from("root:x:0:0:root:/root:/bin/sh\n");
    const manifests: PlatformDescriptor[] = [];
    for (const architecture of architectures) {
      const layer = await store.layer({
        compressed: true,
        entries: [
          { kind: "file", path: "/etc/passwd", mode: 0o644, content: { bytes: passwd } },
          {
            kind: "file",
            path: "/arch",
            mode: 0o644,
            content: { bytes: Buffer.from(architecture) },
          },
        ],
      });
      const config = documentOf(CONFIG, {
        os: "linux",
        architecture,
        created: "2024-05-06T07:08:09Z",
        config: { User: "185", Entrypoint: ["/opt/entrypoint.sh"], Env: ["SPARK_HOME=/opt/spark"] },
        rootfs: { type: "layers", diff_ids: [layer.diffId] },
        history: [{ created_by: "test" }],
      });
      await repository.ensureBlob(layer);
      await repository.ensureBlob({
        descriptor: config,
        open: async function* () {
          yield config.bytes;
        },
      });
      const { mediaType, digest, size } = config;
      const manifest = documentOf(MANIFEST, {
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: { mediaType, digest, size },
        layers: [layer.descriptor],
      });
      await repository.putManifest(manifest, manifest.digest);
      manifests.push({
        mediaType: manifest.mediaType,
        digest: manifest.digest,
        size: manifest.size,
        platform: { os: "linux", architecture },
      });
    }
    const index = documentOf(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
    await repository.putManifest(index, "3.5.3");
  }

  function image(
    argv: readonly string[],
    env: Readonly<Record<string, string | undefined>> = {},
  ): Promise<CommandEnded> {
    const options = ["--input", "in.txt", "--output", "out", "--job-server-jar", "job-server.jar"];
    const base = argv.includes("--base") ? [] : ["--base", `${registry.host}/base/spark:3.5.3`];
    return beamline(["image", "words.ts", ...options, "--no-s3a", ...base, ...argv], {
      cwd: folder,
      env: { ...process.env, DOCKER_CONFIG: join(folder, "no-docker"), ...env },
    });
  }

  async function made(
    argv: readonly string[],
    env: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Made> {
    const { code, stdout, stderr } = await image([...argv, "--json"], env);
    expect(code, stderr + stdout).toBe(0);
    return JSON.parse(stdout) as Made;
  }

  async function fetchJson(host: string, path: string) {
    const answer = await fetch(`http://${host}/v2/${path}`, {
      headers: { accept: `${INDEX}, ${MANIFEST}` },
    });
    expect(answer.status, path).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    return { digest, value: JSON.parse(bytes.toString()) };
  }

  async function filesIn(host: string, name: string, digest: string): Promise<Map<string, Buffer>> {
    const blob = await fetch(`http://${host}/v2/${name}/blobs/${digest}`);
    const entries = extract();
    entries.end(gunzipSync(Buffer.from(await blob.arrayBuffer())));
    const files = new Map<string, Buffer>();
    for await (const entry of entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      files.set(entry.header.name, Buffer.concat(chunks));
    }
    return files;
  }

  test("pushes an image for both platforms on the base's layers, with all that workers need", async () => {
    const { host } = registry;
    const target = `${host}/team/words`;
    const { digest, reference, layers } = await made(["--image", `${target}:one`]);
    expect(reference).toBe(`${target}@${digest}`);
    const index = await fetchJson(host, "team/words/manifests/one");
    expect(index.digest).toBe(digest);
    expect(index.value.annotations).toMatchObject({
      "org.opencontainers.image.title": "wordcount",
      "org.opencontainers.image.base.name": `${host}/base/spark:3.5.3`,
    });
    const architectures: string[] = [];
    for (const { digest: manifestDigest, platform } of index.value.manifests) {
      architectures.push(platform.architecture);
      const { value } = await fetchJson(host, `team/words/manifests/${manifestDigest}`);
      const config = await fetchJson(host, `team/words/blobs/${value.config.digest}`);
      expect(config.value).toMatchObject({
        architecture: platform.architecture,
        created: "2024-05-06T07:08:09Z",
        config: { User: "185", Entrypoint: ["/opt/entrypoint.sh"] },
      });
      expect(config.value.config.Env).toContain("SPARK_HOME=/opt/spark");
      expect(config.value.rootfs.diff_ids).toHaveLength(value.layers.length);
      const files = new Map<string, Buffer>();
      for (const layer of value.layers) {
        for (const [name, bytes] of await filesIn(host, "team/words", layer.digest)) {
          files.set(name, bytes);
        }
      }
      expect(String(files.get("arch"))).toBe(platform.architecture);
      // The base had no user of that number.
      expect(String(files.get("etc/passwd"))).toBe(
        "root:x:0:0:root:/root:/bin/sh\nspark:x:185:0::/home/spark:/bin/sh\n",
      );
      const node = files.get("opt/node/bin/node");
      // ELF, and for which machine: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
      expect(node?.readUInt16LE(18)).toBe(platform.architecture === "arm64" ? 183 : 62);
      for (const path of [
        "opt/apache/beam/boot",
        "opt/beamline/runtime/dist/harness/boot/main.js",
      ]) {
        expect([...files.keys()]).toContain(path);
      }
      expect(String(files.get("opt/beamline/job-server.jar"))).toContain("stands for");
      expect(files.get("opt/beamline/pipeline.jar")?.includes("BEAM-PIPELINE/wordcount")).toBe(
        true,
      );
    }
    expect(architectures.sort()).toEqual(["amd64", "arm64"]);
    expect(layers.filter(({ name }) => name === "base").map(({ state }) => state)).toEqual([
      "mounted",
      "mounted",
    ]);
  }, 300_000);

  test("sends nothing for what is there, and a code change's own layer alone", async () => {
    const target = `${registry.host}/team/words:two`;
    await made(["--image", target]);
    const again = await made(["--image", target]);
    expect(again).toMatchObject({ unchanged: true, uploadedBytes: 0 });
    const file = join(folder, "words.ts");
    const code = readFileSync(file, "utf8");
    writeFileSync(file, code.replace("[A-Za-z']+", "[A-Z]+"));
    try {
      const dry = await made(["--image", target, "--dry-run"]);
      expect(dry.layers.filter(({ state }) => state === "missing").map(({ name }) => name)).toEqual(
        ["pipeline", "config", "config"],
      );
      const { layers, uploadedBytes, digest } = await made(["--image", target]);
      expect(digest).toBe(dry.digest);
      const pushed = layers.filter(({ state }) => state === "pushed").map(({ name }) => name);
      expect(pushed).toEqual(["pipeline", "config", "config"]);
      expect(uploadedBytes).toBeLessThan(2_000_000);
    } finally {
      writeFileSync(file, code);
    }
  }, 300_000);

  test("gives the same inputs the same digest, without anything cached", async () => {
    const first = await made(["--image", `${registry.host}/team/same:one`]);
    const cache = process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "", ".cache");
    // What was fetched stays; what we made of it does not.
    const fresh = join(folder, "fresh-cache");
    mkdirSync(join(fresh, "beamline/image"), { recursive: true });
    for (const name of readdirSync(join(cache, "beamline/image"))) {
      if (!name.startsWith("node-")) continue;
      symlinkSync(join(cache, "beamline/image", name), join(fresh, "beamline/image", name));
    }
    const env = { XDG_CACHE_HOME: fresh };
    const second = await made(["--image", `${registry.host}/team/same:one`], env);
    expect(second.digest).toBe(first.digest);
  }, 300_000);

  test("hangs the bill of materials on the image, and writes it", async () => {
    const file = join(folder, "sbom.json");
    const { digest } = await made(["--image", `${registry.host}/team/sbom`, "--sbom", file]);
    const { value } = await fetchJson(
      registry.host,
      `team/sbom/manifests/${digest.replace(":", "-")}`,
    );
    expect(value.manifests).toMatchObject([{ artifactType: "application/spdx+json" }]);
    const attached = await fetchJson(
      registry.host,
      `team/sbom/manifests/${value.manifests[0].digest}`,
    );
    expect(attached.value.subject.digest).toBe(digest);
    const blob = await fetch(
      `http://${registry.host}/v2/team/sbom/blobs/${attached.value.layers[0].digest}`,
    );
    const text = await blob.text();
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(text).toContain("pkg:npm/zod@");
  }, 300_000);

  test.each(["basic", "token"] as const)(
    "copies the base to another registry, with a login (%s)",
    async (login) => {
      const other = await startRegistry(login);
      try {
        const target = `${other.host}/team/words`;
        const env = { DOCKER_CONFIG: dockerConfig(folder, other.host) };
        const { layers } = await made(["--image", target], env);
        expect(layers.every(({ state }) => state === "pushed")).toBe(true);
        const again = await made(["--image", target], env);
        expect(again.unchanged).toBe(true);

        const nobody = await image(["--image", target]);
        expect(nobody.code).not.toBe(0);
        expect(nobody.stderr).toMatch(
          /Cannot push to .*team\/words: .* wants a login, and there is none.*docker login/,
        );
        const wrong = await image(["--image", target], {
          DOCKER_CONFIG: dockerConfig(folder, other.host, "wrong"),
        });
        expect(wrong.code).not.toBe(0);
        expect(wrong.stderr).toMatch(/refuses the login/);
        expect(wrong.stderr).not.toContain("wrong");
      } finally {
        await other.stop();
      }
    },
    300_000,
  );

  test("gets through a registry that fails and loses connections now and then", async () => {
    const proxy = await startFaultProxy(`http://${registry.host}`);
    let [posts, patches] = [0, 0];
    proxy.decide = ({ method }) => {
      if (method === "POST" && posts++ % 3 === 0) return { status: 503, code: "busy" };
      return method === "PATCH" && patches++ % 3 === 0 ? { loseAnswer: true } : undefined;
    };
    try {
      const host = new URL(proxy.endpoint).host;
      const { digest } = await made(["--image", `${host}/team/faults:one`]);
      expect(patches).toBeGreaterThan(3);
      expect((await fetchJson(registry.host, "team/faults/manifests/one")).digest).toBe(digest);
    } finally {
      await proxy.stop();
    }
  }, 300_000);

  test("says all that is in the way at once, before it makes anything", async () => {
    const { code, stderr } = await image([
      ...["--base", `${registry.host}/base/intel:3.5.3`],
      ...["--image", "127.0.0.1:1/team/words"],
    ]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(
      /Cannot build on .*base\/intel:3\.5\.3 for linux\/arm64.*linux\/amd64 only/,
    );
    expect(stderr).toMatch(/Cannot push to 127\.0\.0\.1:1\/team\/words: .*could not be reached/);
    const missing = await image([
      ...["--base", `${registry.host}/base/none:1`],
      ...["--image", `${registry.host}/team/words`],
    ]);
    expect(missing.stderr).toMatch(/Cannot read the image .*base\/none:1: it is not there/);
    expect(missing.code).not.toBe(0);
  }, 300_000);

  test("writes an image layout whose blobs are what they are called", async () => {
    const out = join(folder, "layout");
    const { code, stderr } = await image(["--layout", out, "--platform", "linux/arm64"]);
    expect(code, stderr).toBe(0);
    const { manifests } = JSON.parse(readFileSync(join(out, "index.json"), "utf8"));
    const blob = (digest: string) => join(out, "blobs", digest.replace(":", "/"));
    const index = JSON.parse(readFileSync(blob(manifests[0].digest), "utf8"));
    const manifest = JSON.parse(readFileSync(blob(index.manifests[0].digest), "utf8"));
    expect(index.manifests).toHaveLength(1);
    for (const { digest, size } of [...manifest.layers, manifest.config]) {
      expect(statSync(blob(digest)).size).toBe(size);
    }
    for (const name of readdirSync(join(out, "blobs/sha256"))) {
      const bytes = readFileSync(join(out, "blobs/sha256", name));
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(name);
    }
  }, 300_000);

  test("writes a Dockerfile with what it copies, and prints the command", async () => {
    const out = join(folder, "context");
    const { code, stdout, stderr } = await image(["--dockerfile", out, "--image", "reg.io/words"]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^docker buildx build --platform linux\/amd64,linux\/arm64 --tag reg\.io\/words:/,
    );
    const text = readFileSync(join(out, "Dockerfile"), "utf8");
    for (const [, copied = ""] of text.matchAll(/^COPY (\S+) /gm)) {
      for (const architecture of ["amd64", "arm64"]) {
        expect(existsSync(join(out, copied.replace(/\$\{TARGETARCH\}/, architecture)))).toBe(true);
      }
    }
    expect(statSync(join(out, "node-amd64/opt/node/bin/node")).mode & 0o777).toBe(0o755);
  }, 300_000);
});
