import { below } from "./random.mjs";

const CONSONANTS = "bcdfghklmnprstvwz";
const VOWELS = "aeiou";

/**
 * `distinct` different words, the most frequent first. Each matches `[A-Za-z']+` whole; the
 * frequent ones are short, about one in twelve is capitalised and one in forty has an apostrophe.
 *
 * @param {() => number} next integers from `randomIntegers`
 * @param {number} distinct
 * @returns {string[]}
 */
export function vocabulary(next, distinct) {
  const words = new Set();
  for (let rank = 1; rank <= distinct; rank++) {
    let word = "";
    do {
      word = makeWord(next, wordLength(next, rank));
    } while (words.has(word));
    words.add(word);
  }
  return [...words];
}

/**
 * Two letters for the most frequent word and up to eleven for the rarest; weighted by frequency,
 * six letters on average, so that a word and its separator take seven bytes.
 *
 * @param {() => number} next
 * @param {number} rank
 */
function wordLength(next, rank) {
  const magnitude = 31 - Math.clz32(rank);
  return 2 + Math.floor((magnitude * 9) / 20) + below(next, 4);
}

/**
 * @param {() => number} next
 * @param {number} length
 */
function makeWord(next, length) {
  let word = "";
  let vowel = below(next, 2) === 0;
  while (word.length < length) {
    const letters = vowel ? VOWELS : CONSONANTS;
    word += letters.charAt(below(next, letters.length));
    vowel = !vowel;
  }
  if (length > 3 && below(next, 40) === 0) word = `${word.slice(0, -2)}'${word.slice(-1)}`;
  return below(next, 12) === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}
