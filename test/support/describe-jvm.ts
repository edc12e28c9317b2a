import { spawnSync } from "node:child_process";
import { describe, test } from "vitest";

const state = missingTool();

/**
 * A suite that needs Java and Maven: skipped with a loud line where they are missing, but in CI
 * that is a failure.
 */
export function describeJvm(name: string, suite: () => void): void {
  if (state === undefined) {
    describe(name, suite);
  } else if (process.env.CI === undefined) {
    console.warn(`\nSKIPPED: ${name}: ${state}\n`);
    describe.skip(name, suite);
  } else {
    test(`${name} runs in CI`, () => {
      throw new Error(state);
    });
  }
}

function missingTool(): string | undefined {
  for (const [tool, argument] of [
    ["java", "-version"],
    ["mvn", "--version"],
  ] as const) {
    if (spawnSync(tool, [argument]).status !== 0) return `"${tool}" is missing or does not work`;
  }
  return undefined;
}
