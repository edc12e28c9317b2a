import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { BaseImage } from "./base-image.js";
import type { LayerEntry } from "./layer-entry.js";
import type { Repository } from "./repository.js";

export interface Account {
  readonly uid: number;
  readonly name: string;
  readonly home: string;
}

/**
 * The `/etc/passwd` that gives a user a name and a home, for a base in which it has none: Java and
 * Spark fail for users that nobody knows. Undefined where there is nothing to add.
 *
 * @param memory - A file that remembers what was found in the base's layers.
 */
export async function missingAccount(
  repository: Repository,
  base: BaseImage,
  account: Account,
  memory: string,
): Promise<LayerEntry | undefined> {
  // A base that is run by a name has an entry for it, and Spark's images are.
  const { User = "" } = base.config.config ?? {};
  const [user = ""] = User.split(":", 1);
  if (user !== "" && user !== "root" && !/^\d+$/.test(user)) return undefined;
  const passwd = (await remembered(memory)) ?? (await findPasswd(repository, base, memory));
  if (passwd.split("\n").some((line) => line.split(":")[2] === String(account.uid))) {
    return undefined;
  }
  const { uid, name, home } = account;
  const lines = passwd === "" || passwd.endsWith("\n") ? passwd : `${passwd}\n`;
  const bytes = Buffer.from(`${lines}${name}:x:${uid}:0::${home}:/bin/sh\n`);
  return { kind: "file", path: "/etc/passwd", mode: 0o644, content: { bytes } };
}

async function remembered(memory: string): Promise<string | undefined> {
  return readFile(memory, "utf8").catch(() => undefined);
}

/** That of the uppermost layer which has one; empty when none has. */
async function findPasswd(
  repository: Repository,
  { layers }: BaseImage,
  memory: string,
): Promise<string> {
  let found = "";
  for (const layer of layers.toReversed()) {
    const passwd = await passwdIn(repository.readBlob(layer), layer.mediaType.endsWith("gzip"));
    if (passwd === undefined) continue;
    found = passwd;
    break;
  }
  await mkdir(dirname(memory), { recursive: true });
  await writeFile(memory, found);
  return found;
}

async function passwdIn(
  blob: AsyncIterable<Uint8Array>,
  packed: boolean,
): Promise<string | undefined> {
  const { extract } = await import("tar-stream");
  const entries = extract();
  const source = Readable.from(blob, { objectMode: false });
  const reading = packed ? pipeline(source, createGunzip(), entries) : pipeline(source, entries);
  // Whoever stops early makes it fail.
  reading.catch(() => {});
  for await (const entry of entries) {
    if (/^(\.?\/)?etc\/passwd$/.test(entry.header.name) && entry.header.type === "file") {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      source.destroy();
      return Buffer.concat(chunks).toString();
    }
    entry.resume();
  }
  await reading;
  return undefined;
}
