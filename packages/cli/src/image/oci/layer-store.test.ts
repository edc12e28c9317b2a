import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LayerEntry } from "./layer-entry.js";
import { LayerStore, type StoredLayer } from "./layer-store.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-layers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function bytesOf({ open }: StoredLayer): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of open()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function headersIn(archive: Buffer): Promise<string[]> {
  const entries = extract();
  entries.end(archive);
  const seen: string[] = [];
  for await (const entry of entries) {
    const { name, type, mode = 0, uid, gid, mtime, size, linkname } = entry.header;
    const target = type === "symlink" ? ` -> ${linkname}` : ` ${size}`;
    seen.push(`${name} ${mode.toString(8)} ${uid}:${gid} ${mtime?.getTime()}${target}`);
    entry.resume();
  }
  return seen;
}

function entries(file: string): LayerEntry[] {
  return [
    { kind: "link", path: "/usr/bin/n", target: "/opt/n" },
    { kind: "file", path: "/opt/a/jar", mode: 0o644, content: { file } },
    { kind: "file", path: "/opt/n", mode: 0o755, content: { bytes: Buffer.from("#!") } },
    { kind: "folder", path: "/home/x", mode: 0o775, owner: 185 },
  ];
}

test.each([true, false])(
  "LayerStore makes the same bytes of the same files (%s)",
  async (compressed) => {
    const bytes = Buffer.alloc(3_000_000, "some bytes of a jar");
    const layers: StoredLayer[] = [];
    for (const [name, order] of [
      ["one", 1],
      ["two", -1],
    ] as const) {
      const file = join(folder, `${name}.jar`);
      writeFileSync(file, bytes);
      utimesSync(file, order + 5, order + 5);
      const store = new LayerStore(join(folder, name));
      layers.push(await store.layer({ entries: entries(file).sort(() => order), compressed }));
    }
    const [one, two] = layers;
    if (one === undefined || two === undefined) throw new Error("no layers");
    expect(two.descriptor).toEqual(one.descriptor);
    const packed = await bytesOf(one);
    const hash = (content: Buffer) =>
      `sha256:${createHash("sha256").update(content).digest("hex")}`;
    expect(hash(packed)).toBe(one.descriptor.digest);
    expect(packed.length).toBe(one.descriptor.size);
    const archive = gunzipSync(packed);
    expect(hash(archive)).toBe(one.diffId);
    expect(await headersIn(archive)).toEqual([
      "home/ 755 0:0 0 0",
      "home/x/ 775 185:185 0 0",
      "opt/ 755 0:0 0 0",
      "opt/a/ 755 0:0 0 0",
      "opt/a/jar 644 0:0 0 3000000",
      "opt/n 755 0:0 0 2",
      "usr/ 755 0:0 0 0",
      "usr/bin/ 755 0:0 0 0",
      "usr/bin/n 777 0:0 0 -> /opt/n",
    ]);
  },
);

test("LayerStore takes a layer that it has, and makes it anew when a file changes", async () => {
  const file = join(folder, "a.jar");
  writeFileSync(file, "one");
  const store = new LayerStore(join(folder, "store"));
  const content = { entries: entries(file), compressed: true };
  const first = await store.layer(content);
  const files = () => readdirSync(join(folder, "store")).length;
  const before = files();
  expect((await store.layer(content)).descriptor).toEqual(first.descriptor);
  expect(files()).toBe(before);
  writeFileSync(file, "two");
  utimesSync(file, 1, 1);
  expect((await store.layer(content)).descriptor).not.toEqual(first.descriptor);
});

test("LayerStore leaves nothing half-made behind", async () => {
  const file = join(folder, "a.jar");
  writeFileSync(file, Buffer.alloc(1 << 20));
  const store = new LayerStore(join(folder, "store"));
  const signal = AbortSignal.abort(new Error("enough"));
  const content = { entries: entries(file), compressed: true };
  await expect(store.layer(content, signal)).rejects.toThrow("enough");
  expect(readdirSync(join(folder, "store"))).toEqual([]);
});
