// The word count of all files of a folder that a good engineer writes by hand on one thread.
// `node files-loop.mjs FOLDER OUTPUT`
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "", output = ""] = process.argv.slice(2);

const counts = new Map();
for (const name of readdirSync(folder)) {
  for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
    const words = line.match(/[A-Za-z']+/g);
    if (words === null) continue;
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
}

let text = "";
for (const [word, count] of counts) text += `${word}: ${count}\n`;
writeFileSync(output, text);
