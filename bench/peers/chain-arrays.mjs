// Integers through three maps, a filter and a count, in array methods: a new array each.
// `node chain-arrays.mjs ELEMENTS OUTPUT`
import { writeFileSync } from "node:fs";

const [elements = "", output = ""] = process.argv.slice(2);

const count = Array.from({ length: Number(elements) }, (_, value) => value)
  .map((value) => value + 1)
  .map((value) => value * 3)
  .map((value) => value - 2)
  .filter((value) => value % 7 !== 0).length;
writeFileSync(output, `${count}\n`);
