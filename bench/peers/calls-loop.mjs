// The hand-written loop of the calls job: so many workers take the next number until none is left.

import { writeFile } from "node:fs/promises";
import { Agent, get } from "node:http";

const [url, calls, concurrency, output] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
let next = 0;
let total = 0;

/** @param {string} address @returns {Promise<number>} */
function ask(address) {
  return new Promise((resolve, reject) => {
    get(address, { agent }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve(Number(body)));
      response.on("error", reject);
    }).on("error", reject);
  });
}

await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    while (next < Number(calls)) {
      const answer = await ask(`${url}/${String(next++).padStart(8, "0")}`);
      total += answer;
    }
  }),
);
await writeFile(`${output}-00000-of-00001`, `${total}\n`);
agent.destroy();
