// Builds what the test cluster is made of, into the user's cache:
//
//   node tools/kubernetes/build.mjs              all that is missing
//   node tools/kubernetes/build.mjs etcd minio   these, in this order; "images" are the images
//
// Prints the programs' paths. A build that is interrupted leaves nothing half-done, and of two at a
// time one builds while the other waits for it.
import { ensureGoTool, findGo } from "./go-build.mjs";
import { GO_TOOLS } from "./go-tools.mjs";
import { missingForPods } from "./packages.mjs";
import { ensureParts } from "./prepare.mjs";

const IMAGES = "images";
const all = [...GO_TOOLS.map(({ name }) => name), IMAGES];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`Cannot build ${unknown.join(", ")}: no such part; use ${all.join(", ")}`);
  process.exit(2);
}
try {
  await build(names.length === 0 ? all : names);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** @param {readonly string[]} wanted */
async function build(wanted) {
  const go = await findGo();
  for (const name of wanted) {
    const tool = GO_TOOLS.find((known) => known.name === name);
    if (tool !== undefined) console.log(await ensureGoTool(tool, go));
    else await makeImages();
  }
}

async function makeImages() {
  const missing = missingForPods();
  if (missing.length > 0) {
    console.error(`Cannot make the images: ${missing.join("; ")}`);
    process.exit(1);
  }
  await ensureParts("pod");
}
