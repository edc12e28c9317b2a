// A web service that takes 50 ms for every answer, however many ask at once.

import { createServer } from "node:http";

const DELAY_MS = 50;

const server = createServer((request, response) => {
  setTimeout(() => response.end(`${request.url?.length ?? 0}`), DELAY_MS);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
});
