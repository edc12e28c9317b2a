// Writes src/proto/gen from the .proto files beside this one, with Node tools alone and no network.
// Does nothing when they and the tools are those of the last run, which a stamp in gen/ records.
// Changed files are replaced one by one, so that a build running at the same time never misses one.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const protoDir = dirname(fileURLToPath(import.meta.url));
const protoRoot = dirname(protoDir);
const genDir = join(protoRoot, "src", "proto", "gen");
const stampFile = join(genDir, ".stamp");

const stamp = hashInputs();
if (stamp !== readIfThere(stampFile)?.toString()) generate();

function hashInputs() {
  const hash = createHash("sha256");
  for (const name of filesUnder(protoDir).filter((name) => !name.endsWith(".md"))) {
    hash
      .update(name)
      .update("\0")
      .update(readFileSync(join(protoDir, name)))
      .update("\0");
  }
  for (const tool of ["@bufbuild/buf", "@bufbuild/protoc-gen-es"]) {
    hash.update(require(`${tool}/package.json`).version).update("\0");
  }
  return hash.digest("hex");
}

function generate() {
  mkdirSync(genDir, { recursive: true });
  // Beside gen/, so that a rename never crosses file systems; the name is git-ignored.
  const fresh = mkdtempSync(join(genDir, ".tmp-"));
  try {
    runBuf(fresh);
    const wanted = filesUnder(fresh);
    for (const name of wanted) replaceIfChanged(join(fresh, name), join(genDir, name));
    for (const name of filesUnder(genDir)) {
      if (!name.startsWith(".") && !wanted.includes(name))
        rmSync(join(genDir, name), { force: true });
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  writeFileSync(stampFile, stamp);
}

function runBuf(outDir) {
  const plugin = require.resolve("@bufbuild/protoc-gen-es/package.json");
  const template = {
    version: "v2",
    plugins: [
      {
        local: [process.execPath, join(dirname(plugin), "bin", "protoc-gen-es")],
        out: outDir,
        opt: ["target=ts", "import_extension=js", "erasable_syntax=true"],
      },
    ],
  };
  const buf = join(dirname(require.resolve("@bufbuild/buf/package.json")), "bin", "buf");
  execFileSync(process.execPath, [buf, "generate", "--template", JSON.stringify(template)], {
    cwd: protoDir,
    stdio: "inherit",
  });
}

function replaceIfChanged(from, to) {
  if (readIfThere(to)?.equals(readFileSync(from))) return;
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Relative paths of the files under `dir`, sorted. */
function filesUnder(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}
