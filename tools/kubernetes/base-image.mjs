import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { mustRun } from "../lib/run.mjs";
import { cached, ensure, say } from "./cache.mjs";
import { findGo } from "./go-build.mjs";
import { writeImageLayout } from "./image-layout.mjs";

/** @typedef {{ repository: string, tag: string, layout: string }} TestImage */

export const SPARK = "3.5.3";
const SPARK_UID = 185;
const PACKAGES = "openjdk-17-jre-headless,tini,procps,ca-certificates,libnss3";
/** Counts up when the recipe below changes. */
const RECIPE = 1;

export const SPARK_IMAGE_CONFIG = {
  User: "spark",
  WorkingDir: "/opt/spark/work-dir",
  Entrypoint: ["/opt/entrypoint.sh"],
  Env: [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/spark/bin",
    "SPARK_HOME=/opt/spark",
    "JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64",
  ],
};

/**
 * The images that the test cluster holds from the start, made on first use:
 *
 * - `pause`, for pods' namespaces;
 * - `spark:3.5.3`, laid out as Apache's image is: /opt/spark, /opt/entrypoint.sh, user spark (185).
 *   Its linux/arm64 variant holds one program that does nothing, under the names of the shell, of
 *   tini and of the entrypoint: enough to add layers to, and to fail with on another machine.
 * - `spark-operator`, the operator on top of that.
 * @param {{ program: string, version: string }} operator
 * @returns {Promise<TestImage[]>}
 */
export async function ensureTestImages({ program, version }) {
  const spark = await ensureSparkBase();
  return [
    { repository: "pause", tag: "1", layout: await ensurePause() },
    { repository: "spark", tag: SPARK, layout: spark },
    { repository: "spark-operator", tag: version, layout: await ensureOperator(program, spark) },
  ];
}

function ensurePause() {
  return ensure(cached("image-pause", `${RECIPE}`), async (scratch) => {
    const root = folder(scratch, "root");
    await buildPause("amd64", join(root, "pause"));
    const layout = folder(scratch, "layout");
    const config = { Entrypoint: ["/pause"] };
    await writeImageLayout(layout, [{ architecture: "amd64", config, folders: [root] }]);
    return layout;
  });
}

/**
 * @param {string} program
 * @param {string} base
 */
function ensureOperator(program, base) {
  const key = `${basename(program).replace("kubernetes-spark-operator-", "")}-${SPARK}-${RECIPE}`;
  return ensure(cached("image-spark-operator", key), async (scratch) => {
    const root = join(scratch, "root");
    copyFileSync(program, join(folder(root, "usr/bin"), "spark-operator"));
    const config = {
      ...SPARK_IMAGE_CONFIG,
      User: `${SPARK_UID}:${SPARK_UID}`,
      Entrypoint: ["/usr/bin/tini", "-s", "--", "/usr/bin/spark-operator"],
    };
    const layout = folder(scratch, "layout");
    await writeImageLayout(layout, [{ architecture: "amd64", config, base, folders: [root] }]);
    return layout;
  });
}

/** Where the cache has the layout of Spark's image, if it has. */
export function sparkBasePath() {
  return cached("image-spark", `${SPARK}-${RECIPE}`);
}

/** The layout of Spark's image. */
export function ensureSparkBase() {
  return ensure(sparkBasePath(), async (scratch) => {
    say(`making the image of Spark ${SPARK}: not in the cache (about 100 s of CPU, 1.5 GB)`);
    const started = performance.now();
    const system = await installDebian(scratch);
    const spark = await installSpark(scratch);
    const foreign = await installForeign(scratch);
    const layout = folder(scratch, "layout");
    const config = SPARK_IMAGE_CONFIG;
    await writeImageLayout(layout, [
      { architecture: "amd64", config, folders: [system, spark] },
      { architecture: "arm64", config, folders: [foreign] },
    ]);
    say(`made the image of Spark in ${Math.round((performance.now() - started) / 1000)} s`);
    return layout;
  });
}

/** @param {string} scratch */
async function installDebian(scratch) {
  const root = join(scratch, "debian");
  const targets = await mustRun("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI)",
    "Created-By: Packages",
    "Component: main",
  ]);
  const [mirror = ""] = targets.stdout.split("\n");
  const options = ["--variant=minbase", `--include=${PACKAGES}`];
  const debootstrap = ["debootstrap", ...options, "bookworm", root, mirror];
  await mustRun("nice", ["-n", "5", "setpriv", "--pdeathsig", "TERM", ...debootstrap]);
  for (const part of ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale"]) {
    rmSync(join(root, part), { recursive: true, force: true });
  }
  for (const device of readdirSync(join(root, "dev"))) {
    rmSync(join(root, "dev", device), { recursive: true });
  }
  addUser(root);
  return root;
}

/** @param {string} scratch */
async function installSpark(scratch) {
  const venv = await mustRun("sh", [join(import.meta.dirname, "..", "pyspark.sh")]);
  const python = ["-c", "import os, pyspark; print(os.path.dirname(pyspark.__file__))"];
  const found = await mustRun(join(venv.stdout.trim(), "bin", "python"), python);
  const pyspark = found.stdout.trim();
  const root = folder(scratch, "spark");
  const home = folder(root, "opt/spark");
  for (const part of ["jars", "bin"]) {
    cpSync(join(pyspark, part), join(home, part), { recursive: true });
  }
  const work = folder(home, "work-dir");
  chmodSync(work, 0o775);
  chownSync(work, SPARK_UID, SPARK_UID);
  addEntrypoint(root);
  return root;
}

/** @param {string} scratch */
async function installForeign(scratch) {
  const root = folder(scratch, "foreign");
  const program = join(folder(root, "usr/bin"), "pause");
  await buildPause("arm64", program);
  for (const name of ["bin/sh", "bin/bash", "usr/bin/tini", "opt/entrypoint.sh"]) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    copyFileSync(program, join(root, name));
  }
  mkdirSync(join(root, "etc"));
  addUser(root);
  const work = folder(root, "opt/spark/work-dir");
  chownSync(work, SPARK_UID, SPARK_UID);
  return root;
}

/** @param {string} root */
function addUser(root) {
  const entry = `spark:x:${SPARK_UID}:${SPARK_UID}::/home/spark:/bin/sh\n`;
  appendFileSync(join(root, "etc/passwd"), entry);
  appendFileSync(join(root, "etc/group"), `spark:x:${SPARK_UID}:\n`);
}

/** @param {string} root */
function addEntrypoint(root) {
  const path = join(root, "opt/entrypoint.sh");
  copyFileSync(join(import.meta.dirname, "image", "entrypoint.sh"), path);
  chmodSync(path, 0o755);
}

/**
 * @param {string} architecture
 * @param {string} to
 */
async function buildPause(architecture, to) {
  const env = { CGO_ENABLED: "0", GOARCH: architecture };
  const flags = ["-trimpath", "-ldflags=-s -w", "-buildvcs=false"];
  const source = join(import.meta.dirname, "go", "pause", "main.go");
  await mustRun(await findGo(), ["build", ...flags, "-o", to, source], { env });
}

/**
 * @param {string} parent
 * @param {string} name
 */
function folder(parent, name) {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  return path;
}
