// `node bench/generate-words.mjs [--size 14mb|140mb]` prints the path of the text, made if need be.
// `node bench/generate-words.mjs --words N --seed N [--distinct N] --output FILE` writes another one.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cacheFolder } from "./lib/cache.mjs";
import { datasets, ensureDataset, writeWordText } from "./lib/datasets.mjs";

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
  const dataset = datasets[values.size];
  if (dataset === undefined) {
    throw new Error(
      `Cannot generate the ${values.size} text: there is no such size; ` +
        `choose one of ${Object.keys(datasets).join(", ")}`,
    );
  }
  process.stdout.write(
    `${await ensureDataset(values.size, dataset, join(cacheFolder(), "bench"))}\n`,
  );
} else {
  await writeWordText(values.output, {
    words: Number(values.words ?? 20_000_000),
    distinct: Number(values.distinct),
    wordsPerLine: 10,
    seed: Number(values.seed),
  });
  process.stdout.write(`${values.output}\n`);
}
