// Numbers added up by key in one thread: `node skew-loop.mjs ELEMENTS KEYS HOT OUTPUT`
import { writeFileSync } from "node:fs";

const [elements = "", keys = "", hot = "", output = ""] = process.argv.slice(2);

/** @type {Map<number, { count: number, sum: number }>} */
const totals = new Map();
for (let n = 0; n < Number(elements); n++) {
  const key = n % 100 < Number(hot) ? 0 : n % Number(keys);
  const total = totals.get(key);
  if (total === undefined) totals.set(key, { count: 1, sum: n });
  else {
    total.count++;
    total.sum += n;
  }
}

let text = "";
for (const [key, { count, sum }] of totals) text += `${key}: ${count} ${sum}\n`;
writeFileSync(output, text);
