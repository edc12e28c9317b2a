import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

// The packages are ESM only: how CommonJS and TypeScript's Node 10 resolution see them is moot.
const OTHER_WORLDS = new Set(["node10", "node16-cjs"]);

/**
 * Problems of a tarball's manifest, as publint sees them.
 * @param {import("./pack.mjs").Packed} packed
 * @returns {Promise<string[]>}
 */
export async function checkManifest({ manifest, tarball }) {
  const bytes = new Uint8Array(readFileSync(tarball)).buffer;
  const { messages } = await publint({ pack: { tarball: bytes }, strict: true });
  return messages.map(
    (message) => formatMessage(message, manifest, { color: false }) ?? message.code,
  );
}

/**
 * Entry points whose types do not fit what Node loads.
 * @param {import("./pack.mjs").Packed} packed
 * @returns {Promise<string[]>}
 */
export async function checkTypes({ tarball }) {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
  if (result.types === false) return [];
  return result.problems
    .filter(
      (problem) =>
        problem.kind !== "CJSResolvesToESM" &&
        !("resolutionKind" in problem && OTHER_WORLDS.has(problem.resolutionKind)),
    )
    .map((problem) => `types: ${JSON.stringify(problem)}`);
}
