// Builds the servers of the test cluster that come as Go modules, into the user's cache:
//
//   node tools/kubernetes/build.mjs              all that are missing
//   node tools/kubernetes/build.mjs etcd minio   these, in this order
//
// Prints their paths. A build that is interrupted leaves nothing half-done, and two at a time share
// the work: one builds a program while the other waits for it.
import { ensureGoTool, findGo } from "./go-build.mjs";
import { GO_TOOLS } from "./go-tools.mjs";

const names = process.argv.slice(2);
const unknown = names.filter((name) => !GO_TOOLS.some((tool) => tool.name === name));
if (unknown.length > 0) {
  const known = GO_TOOLS.map(({ name }) => name).join(", ");
  console.error(`Cannot build ${unknown.join(", ")}: no such program; use ${known}`);
  process.exit(2);
}
const go = await findGo();
const wanted = names.length === 0 ? GO_TOOLS.map(({ name }) => name) : names;
for (const name of wanted) {
  const tool = GO_TOOLS.find((known) => known.name === name);
  if (tool !== undefined) console.log(await ensureGoTool(tool, go));
}
