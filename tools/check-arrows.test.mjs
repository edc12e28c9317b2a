import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { checkArrows } from "./check-arrows.mjs";

/** @type {string[]} */
const made = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/**
 * A throw-away checkout with the given files.
 * @param {Record<string, string>} files
 */
function checkout(files) {
  const base = mkdtempSync(join(tmpdir(), "arrows-"));
  made.push(base);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  return base;
}

/** @type {import("./check-arrows.mjs").Table} */
const TABLE = {
  trees: [
    {
      root: "src",
      folders: {
        ".": { imports: ["**"], packages: [] },
        low: { imports: [], packages: [] },
        high: { imports: ["low"], packages: ["node:*"] },
        "high/nested": { imports: ["high"], packages: [] },
        testing: { imports: ["high"], packages: [] },
      },
      tests: { imports: ["testing"], packages: ["vitest"] },
    },
    {
      root: "app",
      folders: { "**": { imports: ["**"], packages: ["beamline"] } },
      tests: { imports: [], packages: [] },
    },
  ],
};

const LOW = { "src/low/a.ts": "export const a = 1;\n" };
const HIGH = { "src/high/b.ts": "export const b = 1;\n" };

test("checkArrows accepts imports along the table's arrows", () => {
  const base = checkout({
    ...LOW,
    "src/high/b.ts": 'import { a } from "../low/a.js";\nimport "node:fs";\nexport const b = a;\n',
    "src/high/c.ts": 'export { b } from "./b.js";\n',
    "src/index.ts": 'export { b } from "./high/b.js";\n',
  });
  expect(checkArrows(base, TABLE)).toEqual([]);
});

test.each([
  ["value import", 'import { b } from "../high/b.js";'],
  ["type import", 'import type { b } from "../high/b.js";'],
  ["side-effect import", 'import "../high/b.js";'],
  ["re-export", 'export { b } from "../high/b.js";'],
  ["wildcard re-export", 'export * from "../high/b.js";'],
  ["dynamic import", 'await import("../high/b.js");'],
  ["import type expression", 'export type B = typeof import("../high/b.js").b;'],
])("checkArrows rejects an upward %s and says where", (_, statement) => {
  const base = checkout({ ...HIGH, "src/low/up.ts": `// one\n${statement}\n` });
  const [problem, ...more] = checkArrows(base, TABLE);
  expect(problem).toMatch(
    /^src\/low\/up\.ts:2:\d+ arrow: low must not import high \(high\/b\.ts\)/,
  );
  expect(more).toEqual([]);
});

test("checkArrows reports every breach of every file at once", () => {
  const base = checkout({
    ...HIGH,
    "src/low/a.ts": 'import "../high/b.js";\nimport "../testing/t.js";\n',
    "src/low/c.ts": 'import "node:fs";\n',
    "src/testing/t.ts": "export {};\n",
  });
  expect(checkArrows(base, TABLE)).toHaveLength(3);
});

test("checkArrows ignores imports in comments and strings", () => {
  const base = checkout({
    "src/low/a.ts": '// import "../high/b.js";\nexport const a = \'import "../high/b.js"\';\n',
  });
  expect(checkArrows(base, TABLE)).toEqual([]);
});

test("checkArrows gives a nested folder its own row", () => {
  const base = checkout({
    ...LOW,
    "src/high/nested/n.ts": 'import "../../low/a.js";\n',
    "src/high/up.ts": 'import "./nested/n.js";\n',
  });
  const problems = checkArrows(base, TABLE);
  expect(problems[0]).toContain("high/nested must not import low");
  expect(problems[1]).toContain("high must not import high/nested");
});

test("checkArrows lets tests reach what their folder and the test folders reach", () => {
  const base = checkout({
    ...LOW,
    ...HIGH,
    "src/testing/t.ts": "export {};\n",
    "src/high/nested/n.ts": "export {};\n",
    "src/low/a.test.ts": 'import "../testing/t.js";\nimport "../high/b.js";\nimport "vitest";\n',
    "src/low/b.test.ts": 'import "../high/nested/n.js";\nimport "zod";\n',
  });
  const problems = checkArrows(base, TABLE);
  expect(problems[0]).toContain("src/low/b.test.ts:1:1 arrow: low must not import high/nested");
  expect(problems[1]).toContain('src/low/b.test.ts:2:1 package: must not import "zod"');
  expect(problems).toHaveLength(2);
});

test("checkArrows rejects a folder that the table does not know", () => {
  const base = checkout({ "src/new/a.ts": "export {};\n" });
  expect(checkArrows(base, TABLE)[0]).toContain("src/new/a.ts:1:1 folder: not in the table");
});

test("checkArrows keeps trees apart but for public subpaths", () => {
  const exports = { ".": "./dist/index.js", "./coders": "./dist/coders/index.js" };
  const base = checkout({
    ...LOW,
    "packages/beamline/package.json": JSON.stringify({ name: "beamline", exports }),
    "app/x/good.ts": 'import "beamline";\nimport "beamline/coders";\nimport "../y/other.js";\n',
    "app/y/other.ts": "export {};\n",
    "app/x/bad.ts": 'import "beamline/dist/x.js";\nimport "../../src/low/a.js";\n',
  });
  const problems = checkArrows(base, TABLE);
  expect(problems[0]).toContain(
    '"beamline/dist/x.js" is not public; use one of beamline, beamline/coders',
  );
  expect(problems[1]).toContain("leaves app");
  expect(problems).toHaveLength(2);
});

test("checkArrows reports each cycle once, type-only ones included", () => {
  const base = checkout({
    "src/low/a.ts": 'import { b } from "./b.js";\nexport const a = b;\n',
    "src/low/b.ts": 'import type { C } from "./c.js";\nexport const b = 1 as C;\n',
    "src/low/c.ts": 'import type { a } from "./a.js";\nexport type C = typeof a;\n',
    "src/low/d.ts": 'import "./a.js";\n',
    "src/high/self.ts": 'import "./self.js";\n',
  });
  expect(checkArrows(base, TABLE)).toEqual([
    "src/high/self.ts:1:1 cycle: high/self.ts -> high/self.ts",
    "src/low/a.ts:1:1 cycle: low/a.ts -> low/b.ts -> low/c.ts -> low/a.ts",
  ]);
});

test("checkArrows names a file that does not parse", () => {
  const base = checkout({ "src/low/a.ts": "import {\n" });
  expect(() => checkArrows(base, TABLE)).toThrow("Cannot parse src/low/a.ts");
});
