// What coders cost on the hot path: nanoseconds of processor time to encode and to decode a value, and
// its bytes. Each has a process of its own, since what one leaves on the heap would be charged to the
// next. Run it after npm run build: node bench/micro/coders.mjs [NAME...]
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ByteReader } from "../../packages/beamline/dist/bytes/byte-reader.js";
import { ByteWriter } from "../../packages/beamline/dist/bytes/byte-writer.js";
import { iterable } from "../../packages/beamline/dist/coders/iterable.js";
import { js } from "../../packages/beamline/dist/coders/js.js";
import { kv } from "../../packages/beamline/dist/coders/kv.js";
import { stringUtf8 } from "../../packages/beamline/dist/coders/string-utf8.js";
import { varint } from "../../packages/beamline/dist/coders/varint.js";

const VALUES = 1_000_000;
const ROUNDS = 7;

const word = (/** @type {number} */ i) => `word${i % 20_011}`;
const line = (/** @type {number} */ i) => `${i}`.padEnd(80, "the quick brown fox ");
const record = (/** @type {number} */ i) => ({ id: i, name: word(i), score: i / 7 });

/**
 * A coder and how to make a value of it.
 *
 * @type {Record<string, readonly [import("../../packages/beamline/dist/coders/coder.js").Coder<any>, (i: number) => unknown]>}
 */
const cases = {
  varint: [varint, (i) => i],
  "string, 8 letters": [stringUtf8, word],
  "string, 80 letters": [stringUtf8, line],
  "string, not ASCII": [stringUtf8, (i) => `wört${i}`],
  "kv of string and varint": [kv(stringUtf8, varint), (i) => [word(i), i]],
  "kv of strings": [kv(stringUtf8, stringUtf8), (i) => [word(i), line(i)]],
  "iterable of varints": [iterable(varint), (i) => [i, i + 1, i + 2]],
  "js: integer": [js, (i) => i],
  "js: fraction": [js, (i) => i + 0.5],
  "js: string, 8 letters": [js, word],
  "js: string, 80 letters": [js, line],
  "js: pair": [js, (i) => [word(i), i]],
  "js: record": [js, record],
  "kv of js and js": [kv(js, js), (i) => [word(i), i]],
};

const [flag, ...names] = process.argv.slice(2);
if (flag === "--only") console.log(measure(names[0] ?? ""));
else {
  const parts = flag === undefined ? [""] : [flag, ...names];
  console.log(`${"".padEnd(26)} encode  decode   bytes`);
  for (const name of Object.keys(cases)) {
    if (!parts.some((part) => name.includes(part))) continue;
    const script = fileURLToPath(import.meta.url);
    process.stdout.write(execFileSync(process.execPath, [script, "--only", name]));
  }
}

/**
 * @param {string} name
 * @returns {string} a row
 */
function measure(name) {
  const found = cases[name];
  if (found === undefined) throw new Error(`Cannot measure ${name}: there is no such coder`);
  const [coder, make] = found;
  const values = Array.from({ length: VALUES }, (_, i) => make(i));
  let encoding = Number.POSITIVE_INFINITY;
  let decoding = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const out = new ByteWriter(VALUES * 100);
    const encode = () => {
      for (let i = 0; i < values.length; i++) coder.encode(values[i], out);
    };
    encoding = Math.min(encoding, nanoseconds(encode));
    bytes = out.position / VALUES;
    const input = new ByteReader(out.buffer, 0, out.position);
    let last;
    const decode = () => {
      while (input.remaining > 0) last = coder.decode(input);
    };
    decoding = Math.min(decoding, nanoseconds(decode));
    if (JSON.stringify(last) !== JSON.stringify(values.at(-1))) {
      throw new Error(`${name}: ${JSON.stringify(last)} came back`);
    }
  }
  const columns = [encoding.toFixed(1).padStart(6), decoding.toFixed(1).padStart(7)];
  return `${name.padEnd(26)} ${columns.join(" ")} ${bytes.toFixed(1).padStart(7)}`;
}

/** @param {() => void} work */
function nanoseconds(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / VALUES;
}
