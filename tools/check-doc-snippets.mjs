// Keeps the documentation true: its TypeScript compiles, and what is marked `run` runs and prints
// what the document says. The words after ```ts and ```sh are described in CONTRIBUTING.md.
// Needs a finished `npm run build`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { missingLines, snippetsOf } from "./docs/snippets.mjs";
import { run } from "./lib/run.mjs";
import { compile } from "./lib/tsc.mjs";
import { walk } from "./lib/walk.mjs";

const TIME_LIMIT_MS = 300_000;

const TSCONFIG = {
  extends: "../../tsconfig.base.json",
  compilerOptions: { noEmit: true, composite: false, declaration: false, declarationMap: false },
  include: ["*.ts"],
};

/** @param {string} base */
function documents(base) {
  return walk(base)
    .map((file) => file.slice(base.length + 1))
    .filter((file) => /^([^/]+|docs\/.+|packages\/[^/]+\/README)\.md$/.test(file));
}

/**
 * @param {string} base
 * @param {string} scratch
 * @param {readonly import("./docs/snippets.mjs").Module[]} modules
 */
async function checkTypes(base, scratch, modules) {
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(TSCONFIG));
  for (const [index, { source }] of modules.entries()) {
    // The export makes a module of a snippet that neither imports nor exports anything.
    writeFileSync(join(scratch, `${index}.ts`), `${source.join("\n")}\nexport {};\n`);
  }
  if (modules.length === 0) return [];
  const errors = await compile(base, join(scratch, "tsconfig.json"), scratch);
  return errors.map(({ file, line, message }) => {
    const module = modules[Number.parseInt(file, 10)];
    const place = module === undefined ? file : `${module.file}:${module.docLines[line - 1]}`;
    return `${place} ${message}`;
  });
}

/**
 * @param {import("./docs/snippets.mjs").Program} program
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 */
async function checkRun({ file, line, expected }, cwd, command, args) {
  const { code, output } = await run(command, args, { cwd, timeoutMs: TIME_LIMIT_MS });
  const missing = missingLines(expected, output);
  if (code === 0 && missing.length === 0) return [];
  const what = code === 0 ? `does not print: ${missing.join("\n  ")}` : `ends with ${code}`;
  return [`${file}:${line} ${what}\n--- its output:\n${output.trimEnd()}\n---`];
}

/** @param {string} base */
async function main(base) {
  const found = documents(base).map((file) =>
    snippetsOf(file, readFileSync(join(base, file), "utf8")),
  );
  const modules = found.flatMap((each) => each.modules);
  const programs = found.flatMap((each) => each.programs);
  const commands = found.flatMap((each) => each.commands);
  const problems = found.flatMap((each) => each.problems);

  mkdirSync(join(base, ".beamline"), { recursive: true });
  const scratch = mkdtempSync(join(base, ".beamline/doc-snippets-"));
  try {
    problems.push(...(await checkTypes(base, scratch, modules)));
    for (const [index, program] of programs.entries()) {
      const cwd = join(scratch, `run-${index}`);
      mkdirSync(cwd);
      const { code } = await transform(program.source.join("\n"), { loader: "ts", format: "esm" });
      writeFileSync(join(cwd, "snippet.mjs"), code);
      problems.push(...(await checkRun(program, cwd, process.execPath, ["snippet.mjs"])));
    }
    for (const command of commands) {
      const script = command.source.join("\n");
      problems.push(...(await checkRun(command, base, "sh", ["-euc", script])));
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }

  for (const { file, line, reason } of found.flatMap((each) => each.unchecked)) {
    console.log(`not checked: ${file}:${line} ${reason}`);
  }
  for (const problem of problems) console.error(problem);
  console.log(
    `${modules.length} modules compiled, ${programs.length} run, ${commands.length} commands run`,
  );
  if (problems.length > 0) process.exitCode = 1;
}

await main(dirname(import.meta.dirname));
