import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/**
 * What a deploy was made of, so that later commands find its parts again: no time, no secret and
 * no path of a machine, so that the same deploy has the same record.
 */
export interface DeployRecord {
  readonly version: 1;
  readonly beamline: string;
  readonly app: { readonly namespace: string; readonly name: string };
  readonly pipeline: string;
  /** As it was typed, for command lines to say. */
  readonly file: string;
  /** Digest of the bundled code. */
  readonly code: string;
  readonly image: string;
  /** Keys in the bucket. */
  readonly artefacts: readonly string[];
  /** Options of the pipeline that are places in S3, by name: its inputs and outputs. */
  readonly places: Readonly<Record<string, string>>;
}

/** Something to lie in the bucket under a name made of what it holds. */
export interface Artefact {
  /** What it is, for people. */
  readonly what: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

interface ArtefactAbout {
  readonly what: string;
  /** `jars`, `maps`, ...: the folder under the prefix. */
  readonly folder: string;
  readonly extension: string;
  readonly contentType: string;
  /** Its name is that of what it holds, whatever the compressor makes of it. */
  readonly gzip?: true;
}

/** Names some bytes by their digest. */
export function artefactOf(prefix: string, about: ArtefactAbout, bytes: Uint8Array): Artefact {
  const { what, folder, extension, contentType, gzip } = about;
  const digest = createHash("sha256").update(bytes).digest("hex");
  const key = `${folderOf(prefix)}${folder}/${digest}.${extension}`;
  if (gzip === undefined) return { what, key, bytes, contentType };
  return { what, key: `${key}.gz`, bytes: gzipSync(bytes), contentType: "application/gzip" };
}

/** `a/b/` for `a/b`, `/a/b/` and the like; empty for the bucket itself. */
export function folderOf(prefix: string): string {
  const trimmed = prefix.replace(/^\/+|\/+$/g, "");
  return trimmed === "" ? "" : `${trimmed}/`;
}

/** The options of a pipeline that name places in S3; others may be secrets. */
export function placesIn(options: Readonly<Record<string, unknown>>): Record<string, string> {
  const places: Record<string, string> = {};
  const visit = (name: string, value: unknown) => {
    if (typeof value === "string") {
      if (/^s3a?:\/\//.test(value)) places[name] = value;
    } else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(`${name}.${key}`, inner);
    }
  };
  for (const [name, value] of Object.entries(options)) visit(name, value);
  return places;
}

/** A record read back; undefined for what is none. */
export function parseRecord(text: string): DeployRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isRecord =
      typeof value === "object" && value !== null && "version" in value && value.version === 1;
    return isRecord ? (value as DeployRecord) : undefined;
  } catch {
    return undefined;
  }
}
