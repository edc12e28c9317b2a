import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { BUNDLE_FILE, type BuiltBundle } from "./build-bundle.js";
import { dependenciesOf } from "./dependencies.js";
import { type FileStamp, isUnchanged, stampOf } from "./file-stamp.js";
import { sha256 } from "./sources-plugin.js";

/** A bundle in its place. */
export interface StoredBundle {
  /** Absolute path of the ES module; its source map lies beside it. */
  readonly file: string;
  /** SHA-256 of the module's bytes. */
  readonly hash: string;
  /** Packages that it imports from where they are installed. */
  readonly external: readonly string[];
}

/** What a bundle was made from: kept under the name of the question that it answers. */
interface IndexEntry {
  readonly hash: string;
  readonly external: readonly string[];
  readonly takenMs: number;
  readonly files: readonly FileStamp[];
  readonly absent: readonly string[];
}

const KEPT_MS = 30 * 24 * 3600 * 1000;

/**
 * Bundles by the hash of their bytes, in `<folder>/<hash>/pipeline.mjs`, and an index that tells
 * without esbuild whether the bundle of a file is still the right one.
 */
export class BundleCache {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** A folder as deep as those of the bundles, to which their maps' paths are relative. */
  get outputFolder(): string {
    return join(this.folder, "bundle");
  }

  /** The bundle stored under a key, if nothing that it was made from has changed. */
  find(key: string): StoredBundle | undefined {
    try {
      const entry: IndexEntry = JSON.parse(readFileSync(this.indexFile(key), "utf8"));
      const { hash, external, takenMs, files, absent } = entry;
      const fresh = files.every((stamp) => isUnchanged(stamp, takenMs)) && !absent.some(existsSync);
      const file = this.bundleFile(hash);
      if (!fresh || sha256(readFileSync(file)) !== hash) return undefined;
      return { file, hash, external };
    } catch {
      // No entry, or one that an interrupted or older version left.
      return undefined;
    }
  }

  /** Stores a bundle; `takenMs` is when its sources began to be read. */
  store(key: string, built: BuiltBundle, takenMs: number): StoredBundle {
    const hash = sha256(built.code);
    const file = this.bundleFile(hash);
    const { external } = built;
    if (!existsSync(file)) {
      this.prune(takenMs);
      this.writeBundle(hash, built);
    }
    const { files, absent } = dependenciesOf(built);
    const stamps = files.map((path) => stampOf(path, built.sources.get(path)));
    const entry: IndexEntry = { hash, external, takenMs, files: stamps, absent };
    mkdirSync(join(this.folder, "index"), { recursive: true });
    replaceFile(this.indexFile(key), JSON.stringify(entry));
    return { file, hash, external };
  }

  private writeBundle(hash: string, { code, map }: BuiltBundle): void {
    const target = join(this.folder, hash);
    const draft = `${target}.${process.pid}.tmp`;
    mkdirSync(draft, { recursive: true });
    writeFileSync(join(draft, BUNDLE_FILE), code);
    writeFileSync(join(draft, `${BUNDLE_FILE}.map`), map);
    try {
      // A folder that is there was left half-empty by someone's clean-up.
      rmSync(target, { recursive: true, force: true });
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      // Another process stored the same bytes first.
      if (!existsSync(this.bundleFile(hash))) throw error;
    }
  }

  /** Removes bundles that were made long ago: a rare need, and made again in no time. */
  private prune(nowMs: number): void {
    if (!existsSync(this.folder)) return;
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name);
      if (name === "index" || nowMs - statSync(path).mtimeMs < KEPT_MS) continue;
      rmSync(path, { recursive: true, force: true });
    }
  }

  private indexFile(key: string): string {
    return join(this.folder, "index", `${key}.json`);
  }

  private bundleFile(hash: string): string {
    return join(this.folder, hash, BUNDLE_FILE);
  }
}

function replaceFile(path: string, contents: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}
