// `node bench/generate-words.mjs [--size 14mb|140mb|1gb|4gb]` prints the path of the text, made if need be.
// `node bench/generate-words.mjs --words N --seed N [--distinct N] --output FILE` writes another one.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cacheFolder } from "./lib/cache.mjs";
import { datasetOf, datasets, ensureDataset, writeBlocks } from "./lib/datasets.mjs";
import { wordText } from "./lib/word-text.mjs";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "140mb" },
    words: { type: "string" },
    distinct: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    output: { type: "string" },
  },
});

if (values.output === undefined) {
  const dataset = datasetOf("anything", datasets.words, values.size);
  process.stdout.write(`${await ensureDataset(dataset, join(cacheFolder(), "bench"))}\n`);
} else {
  const text = wordText({
    words: Number(values.words ?? 20_000_000),
    distinct: Number(values.distinct),
    wordsPerLine: 10,
    seed: Number(values.seed),
  });
  await writeBlocks(values.output, text);
  process.stdout.write(`${values.output}\n`);
}
