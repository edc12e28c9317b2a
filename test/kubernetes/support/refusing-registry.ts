import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { end, freePorts, start, until } from "../../support/processes.js";

/** `nobody` with the password `secret`, as htpasswd writes it. */
const USERS = "nobody:$2y$05$aWYWVLZP1PXyHIxFpmnbqO2m8kRBA4cBXTeJFJbOlxvhxUBCbmgku\n";

/** Starts an image registry that asks for a password which no node has; it ends with the test. */
export async function refusingRegistry(folder: string): Promise<string> {
  const [port = 0] = await freePorts(1);
  const root = join(folder, "refusing");
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, "htpasswd"), USERS);
  writeFileSync(
    join(root, "config.yml"),
    [
      "version: 0.1",
      `storage: { filesystem: { rootdirectory: ${join(root, "data")} } }`,
      `http: { addr: "127.0.0.1:${port}" }`,
      `auth: { htpasswd: { realm: closed, path: ${join(root, "htpasswd")} } }`,
    ].join("\n"),
  );
  const args = ["serve", join(root, "config.yml")];
  const child = start({ command: "/usr/bin/docker-registry", args, env: {} });
  onTestFinished(() => end(child));
  await until(
    "the closed registry",
    async () => (await fetch(`http://127.0.0.1:${port}/v2/`)).status === 401,
  );
  return `127.0.0.1:${port}`;
}
