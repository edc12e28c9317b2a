// The word count that a good engineer writes by hand on one thread: the measure of everything else.
// `node loop.mjs INPUT OUTPUT`
import { readFileSync, writeFileSync } from "node:fs";

const [input = "", output = ""] = process.argv.slice(2);

const counts = new Map();
for (const line of readFileSync(input, "utf8").split("\n")) {
  const words = line.match(/[A-Za-z']+/g);
  if (words === null) continue;
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
}

let text = "";
for (const [word, count] of counts) text += `${word}: ${count}\n`;
writeFileSync(output, text);
