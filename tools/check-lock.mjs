// Fails when package-lock.json would not install elsewhere: it names a registry's address, or
// lacks packages of other platforms. `node tools/check-lock.mjs --write` adds the latter.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { completeLock, recordedAddresses } from "./lib/lock-file.mjs";

const path = join(dirname(import.meta.dirname), "package-lock.json");
/** @type {import("./lib/lock-file.mjs").Lock} */
const current = JSON.parse(readFileSync(path, "utf8"));

const addresses = recordedAddresses(current);
for (const each of addresses) console.error(`${each} records a registry's address`);
if (addresses.length > 0) {
  console.error("\ninstall with `--omit-lockfile-registry-resolved` to leave addresses out");
  process.exitCode = 1;
}

const { lock, added } = completeLock(current);
if (added.length > 0 && process.argv.includes("--write")) {
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${added.length} packages of other platforms`);
} else if (added.length > 0) {
  for (const each of added) console.error(`${each} is missing`);
  console.error("\n`npm ci` refuses this lock; run `node tools/check-lock.mjs --write`");
  process.exitCode = 1;
}
