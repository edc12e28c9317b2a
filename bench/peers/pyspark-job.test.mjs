import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("pyspark-job.mjs", import.meta.url));

/**
 * Runs the client against a session that gives this answer.
 *
 * @param {string} answer
 */
async function sendTo(answer) {
  /** @type {string[]} */
  const asked = [];
  const server = createServer((socket) => {
    createInterface({ input: socket }).on("line", (line) => {
      asked.push(line);
      socket.write(`${JSON.stringify(answer)}\n`);
    });
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const args = [SCRIPT, `127.0.0.1:${port}`, "rdd", "in.txt", "out"];
  const client = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  client.stderr.on("data", (text) => {
    errors += text;
  });
  const [code] = await once(client, "close");
  server.close();
  return { asked, code, errors };
}

test("pyspark-job.mjs sends its job as a line and ends well when it is done", async () => {
  const { asked, code } = await sendTo("done");
  expect(asked).toEqual(['["rdd","in.txt","out"]']);
  expect(code).toBe(0);
});

test("pyspark-job.mjs fails with what the session answers", async () => {
  const { code, errors } = await sendTo("Traceback: no such file");
  expect(code).toBe(1);
  expect(errors).toContain("Traceback: no such file");
});
