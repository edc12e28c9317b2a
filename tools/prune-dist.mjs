// Removes what an earlier build made of sources that are gone: tsc leaves it, and it would be packed.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, sep } from "node:path";

/** Folders in dist that every build makes anew, by package. */
const MADE = { beamline: "bundle", cli: "program" };

for (const name of readdirSync("packages")) {
  const dist = join("packages", name, "dist");
  if (!existsSync(dist)) continue;
  const made = MADE[/** @type {keyof typeof MADE} */ (name)];
  let stale = false;
  for (const entry of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (entry === made || entry.startsWith(`${made}${sep}`)) continue;
    const module = /^(.*)\.(?:js|d\.ts)(?:\.map)?$/.exec(entry)?.[1];
    if (module === undefined || existsSync(join("packages", name, "src", `${module}.ts`))) continue;
    rmSync(join(dist, entry));
    stale = true;
  }
  // What is left may import what is gone: tsc must look at all of it again.
  if (stale) rmSync(join(dist, ".tsbuildinfo"), { force: true });
}
