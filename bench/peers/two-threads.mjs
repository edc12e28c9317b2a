// The same word count on worker threads by hand: each counts its share of the file, the main thread
// adds the counts up. `node two-threads.mjs INPUT OUTPUT [THREADS]`
import { closeSync, fstatSync, openSync, readSync, writeFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

if (isMainThread) {
  const [input = "", output = "", threads = "2"] = process.argv.slice(2);
  const count = Number(threads);
  const parts = await Promise.all(
    Array.from({ length: count }, (_, part) => countInWorker({ input, part, parts: count })),
  );
  const total = parts[0] ?? new Map();
  for (const counts of parts.slice(1)) {
    for (const [word, found] of counts) total.set(word, (total.get(word) ?? 0) + found);
  }
  let text = "";
  for (const [word, found] of total) text += `${word}: ${found}\n`;
  writeFileSync(output, text);
} else {
  const { input, part, parts } = workerData;
  parentPort?.postMessage(countPart(input, part, parts));
}

/**
 * @param {{ input: string, part: number, parts: number }} job
 * @returns {Promise<Map<string, number>>}
 */
function countInWorker(job) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: job });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

/**
 * Counts the lines that begin in this part of the file.
 *
 * @param {string} input
 * @param {number} part
 * @param {number} parts
 */
function countPart(input, part, parts) {
  const file = openSync(input, "r");
  const size = fstatSync(file).size;
  const from = lineStart(file, Math.floor((size * part) / parts), size);
  const to = lineStart(file, Math.floor((size * (part + 1)) / parts), size);
  const bytes = Buffer.allocUnsafe(to - from);
  readSync(file, bytes, 0, bytes.length, from);
  closeSync(file);

  const counts = new Map();
  for (const line of bytes.toString("utf8").split("\n")) {
    const words = line.match(/[A-Za-z']+/g);
    if (words === null) continue;
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/**
 * The first start of a line at or after `offset`.
 *
 * @param {number} file
 * @param {number} offset
 * @param {number} size
 */
function lineStart(file, offset, size) {
  if (offset === 0 || offset >= size) return Math.min(offset, size);
  const block = Buffer.allocUnsafe(64 << 10);
  for (let at = offset - 1; at < size; ) {
    const read = readSync(file, block, 0, block.length, at);
    const newline = block.subarray(0, read).indexOf(10);
    if (newline >= 0) return at + newline + 1;
    at += read;
  }
  return size;
}
