import { writeFileSync } from "node:fs";
import grpc from "@grpc/grpc-js";

// node grpc-echo.mjs ELEMENTS OUTPUT
//
// The floor under the data plane: messages as long as its chunks go to a gRPC server in the same
// process and come back, untouched.

const ELEMENT_BYTES = 64;
const CHUNK_BYTES = 1024 * 1024;
const OPTIONS = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc-node.flow_control_window": 8 * CHUNK_BYTES,
};

const [count = "1000000", output = ""] = process.argv.slice(2);
const elements = Number(count);
const same = (/** @type {Buffer} */ message) => message;

const server = new grpc.Server(OPTIONS);
server.register(
  "/echo",
  (/** @type {import("@grpc/grpc-js").ServerDuplexStream<Buffer, Buffer>} */ call) => {
    call.on("data", (message) => {
      if (call.write(message)) return;
      call.pause();
      call.once("drain", () => call.resume());
    });
    call.on("end", () => call.end());
  },
  same,
  same,
  "bidi",
);
const port = await new Promise((resolve, reject) => {
  const credentials = grpc.ServerCredentials.createInsecure();
  server.bindAsync("localhost:0", credentials, (error, bound) =>
    error === null ? resolve(bound) : reject(error),
  );
});
const client = new grpc.Client(`localhost:${port}`, grpc.credentials.createInsecure(), OPTIONS);
const call = client.makeBidiStreamRequest("/echo", same, same);
let received = 0;
call.on("data", (/** @type {Buffer} */ message) => {
  received += message.length;
});
const ended = new Promise((resolve) => call.on("end", resolve));
const perChunk = Math.floor(CHUNK_BYTES / ELEMENT_BYTES);
const chunk = Buffer.alloc(perChunk * ELEMENT_BYTES, 7);
for (let sent = 0; sent < elements; sent += perChunk) {
  const size = Math.min(perChunk, elements - sent) * ELEMENT_BYTES;
  if (!call.write(chunk.subarray(0, size))) await new Promise((go) => call.once("drain", go));
}
call.end();
await ended;
writeFileSync(`${output}.txt`, `${received / ELEMENT_BYTES}\n`);
client.close();
server.forceShutdown();
