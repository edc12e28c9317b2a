import { createHash } from "node:crypto";

const MEDIA = "application/vnd.oci.image";

/** Pushes an image without layers for some architectures of linux; gives its reference by tag. */
export async function pushEmptyImage(
  host: string,
  repository: string,
  architectures: readonly string[],
): Promise<string> {
  const manifests: object[] = [];
  for (const architecture of architectures) {
    const config = JSON.stringify({
      architecture,
      os: "linux",
      rootfs: { type: "layers", diff_ids: [] },
    });
    const described = await pushBlob(host, repository, config);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: `${MEDIA}.manifest.v1+json`,
      config: { mediaType: `${MEDIA}.config.v1+json`, ...described },
      layers: [],
    });
    await put(host, repository, digestOf(manifest), `${MEDIA}.manifest.v1+json`, manifest);
    manifests.push({
      mediaType: `${MEDIA}.manifest.v1+json`,
      digest: digestOf(manifest),
      size: manifest.length,
      platform: { os: "linux", architecture },
    });
  }
  const index = { schemaVersion: 2, mediaType: `${MEDIA}.index.v1+json`, manifests };
  await put(host, repository, "v1", `${MEDIA}.index.v1+json`, JSON.stringify(index));
  return `${host}/${repository}:v1`;
}

async function pushBlob(host: string, repository: string, text: string) {
  const digest = digestOf(text);
  const begun = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: "POST" });
  const url = new URL(begun.headers.get("location") ?? "", `http://${host}`);
  url.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  await accepted(fetch(url, { method: "PUT", headers, body: text }));
  return { digest, size: text.length };
}

async function put(host: string, repository: string, name: string, type: string, body: string) {
  const url = `http://${host}/v2/${repository}/manifests/${name}`;
  await accepted(fetch(url, { method: "PUT", headers: { "content-type": type }, body }));
}

async function accepted(sent: Promise<Response>): Promise<void> {
  const answer = await sent;
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
