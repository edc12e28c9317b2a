import { spawn } from "node:child_process";

/**
 * What a finished command left: `code` is null when a signal or the time limit ended it, and
 * `output` holds stdout and stderr in the order in which they came.
 * @typedef {{ code: number | null, stdout: string, output: string }} Finished
 * @typedef {{ cwd?: string, env?: Record<string, string>, timeoutMs?: number }} RunOptions
 */

/**
 * Runs a program to its end, with no stdin and no colours. Rejects only when it cannot start.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<Finished>}
 */
export function run(program, args, { cwd, env, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
    });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal !== null) output += `\n(ended by ${signal})\n`;
      resolve({ code, stdout, output });
    });
  });
}

/**
 * As {@link run}, but a command that fails is an error that shows what was run and its output.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} options
 */
export async function mustRun(program, args, options = {}) {
  const finished = await run(program, args, options);
  if (finished.code !== 0) {
    const command = [program, ...args].join(" ");
    throw new Error(`\`${command}\` ended with ${finished.code}:\n${finished.output}`);
  }
  return finished;
}
