import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { chooseMeter } from "./process-usage.mjs";
import { runPlan } from "./run-plan.mjs";
import { startService } from "./services.mjs";

/** Answers each connection with its number since the service was started. */
const COUNTING = `let jobs = 0;
  const server = require("node:net").createServer((socket) => socket.end(String(++jobs)));
  server.listen(0, "127.0.0.1", () => console.log("127.0.0.1:" + server.address().port));`;

/** Writes what the service answers. */
const CLIENT = `const [output, address] = process.argv.slice(1);
  require("node:net").connect(Number(address.split(":")[1]))
    .pipe(require("node:fs").createWriteStream(output));`;

/**
 * @param {string} script
 * @returns {import("./plan.mjs").Service}
 */
function service(script) {
  return { id: "counter", command: [process.execPath, "-e", script] };
}

/**
 * @param {string} id
 * @param {Partial<import("./plan.mjs").Contender>} more
 * @returns {import("./plan.mjs").Contender}
 */
function client(id, more) {
  const command = (/** @type {string} */ output, /** @type {string} */ address) => {
    return [process.execPath, "-e", CLIENT, output, address];
  };
  return { id, label: id, command, service: service(COUNTING), ...more };
}

/** @param {readonly import("./plan.mjs").Contender[]} contenders */
async function run(contenders) {
  /** @type {string[]} */
  const said = [];
  const runs = await runPlan(
    { title: "Test", parameters: {}, reference: "a", contenders, targets: [] },
    {
      ...{ root: process.cwd(), rounds: 1, meter: chooseMeter() },
      signal: new AbortController().signal,
      say: (line) => said.push(line.trim().split(" ").slice(0, 2).join(" ").replace(":", "")),
    },
  );
  return { said, runs };
}

/**
 * What a service that has done one job answers, as `digestOutput` sees it.
 *
 * @param {readonly import("./run-plan.mjs").Run[]} runs
 */
function digests(runs) {
  return runs.map(({ output }) => output?.hash);
}

test("runPlan shares a service, but not with a contender that asks for a fresh one", async () => {
  const { runs } = await run([
    client("a", {}),
    client("b", { fresh: true }),
    client("c", {}),
    client("d", { fresh: true }),
  ]);
  const [first, ownFirst, second, ownSecond] = digests(runs);
  expect(first).toBeDefined();
  expect(ownFirst).toBe(first);
  expect(second).not.toBe(first);
  expect(ownSecond).toBe(first);
});

test("runPlan runs warm-ups first and does not count them", async () => {
  const { said, runs } = await run([client("a", { warmUps: 2 })]);
  expect(said).toEqual(["0/1 a", "0/1 a", "1/1 a"]);
  expect(runs[0]?.samples).toHaveLength(1);
});

test("startService says what a service said that ends before it is up", async () => {
  const failing = service("console.error('no luck'); process.exit(3)");
  const options = { cwd: process.cwd(), signal: new AbortController().signal };
  await expect(startService(failing, options)).rejects.toThrow(
    "Cannot start the counter: it ended with 3; it said:\nno luck",
  );
});

test("startService ends what the service has started, too", async () => {
  const parent = `require("node:child_process").spawn(process.execPath,
    ["-e", ${JSON.stringify(COUNTING)}], { stdio: "inherit" });
    setInterval(() => {}, 1000);`;
  const options = { cwd: process.cwd(), signal: new AbortController().signal };
  const running = await startService(service(parent), options);
  expect(await isListening(running.address)).toBe(true);
  await running.stop();
  // A killed process is not gone at once.
  await expect.poll(() => isListening(running.address)).toBe(false);
});

/** @param {string} address */
async function isListening(address) {
  const [host, port] = address.split(":");
  const socket = connect(Number(port), host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
