// Integers through three maps, a filter and a count, each a closure that calls the next one.
// `node chain-closures.mjs ELEMENTS OUTPUT`
import { writeFileSync } from "node:fs";

/** @typedef {(value: number) => void} Sink */

const [elements = "", output = ""] = process.argv.slice(2);
const end = Number(elements);

let count = 0;
/** @type {Sink} */
const counted = () => {
  count++;
};
const kept = filtering((value) => value % 7 !== 0, counted);
const third = mapping((value) => value - 2, kept);
const second = mapping((value) => value * 3, third);
const first = mapping((value) => value + 1, second);

for (let value = 0; value < end; value++) first(value);
writeFileSync(output, `${count}\n`);

/**
 * @param {(value: number) => number} change
 * @param {Sink} next
 * @returns {Sink}
 */
function mapping(change, next) {
  return (value) => next(change(value));
}

/**
 * @param {(value: number) => boolean} keep
 * @param {Sink} next
 * @returns {Sink}
 */
function filtering(keep, next) {
  return (value) => {
    if (keep(value)) next(value);
  };
}
