// Why model/specialise.ts makes a copy of code per step: five steps over integers as closures that
// share their code, and as copies that V8 can inline. Run it: node bench/micro/specialise.mjs
const ELEMENTS = 10_000_000;
const ROUNDS = 5;

/**
 * @typedef {(value: any) => void} Receive
 * @typedef {(fn: (value: any) => any, next: Receive) => Receive} MakeStep
 * @typedef {{ readonly map: MakeStep, readonly filter: MakeStep }} Steps
 */

/** @type {Steps} */
const shared = {
  map: (fn, next) => (value) => next(fn(value)),
  filter: (fn, next) => (value) => {
    if (fn(value)) next(value);
  },
};

let copies = 0;

/** @type {(source: string) => MakeStep} */
const copy = (source) => (fn, next) =>
  new Function("fn", "next", `/* copy ${copies++} */ return ${source};`)(fn, next);

/** @type {Steps} */
const copied = {
  map: copy("(value) => next(fn(value))"),
  filter: copy("(value) => { if (fn(value)) next(value); }"),
};

/**
 * Three maps, a filter and a count, in millions of elements a second; the text chain before it is
 * what other steps of a pipeline do.
 * @param {Steps} steps
 */
function run({ map, filter }) {
  const long = filter(
    (length) => length > 1,
    () => {},
  );
  const lengths = map(
    (n) => `${n}a`,
    map((text) => text.length, long),
  );
  for (let i = 0; i < 200_000; i++) lengths(i);
  let count = 0;
  const counted = filter(
    (n) => n % 3 !== 0,
    () => count++,
  );
  const last = map((n) => n - 3, counted);
  const chain = map(
    (n) => n + 1,
    map((n) => n * 2, last),
  );
  const started = performance.now();
  for (let i = 0; i < ELEMENTS; i++) chain(i);
  return ELEMENTS / (performance.now() - started) / 1000;
}

/** @type {number[]} */
const sharedRates = [];
/** @type {number[]} */
const copiedRates = [];
for (let round = 0; round < ROUNDS; round++) {
  sharedRates.push(run(shared));
  copiedRates.push(run(copied));
}

/** @param {number[]} values */
const median = (values) => (values.sort((a, b) => a - b)[values.length >> 1] ?? 0).toFixed(0);
console.log(`shared code: ${median(sharedRates)} M elements/s`);
console.log(`a copy a step: ${median(copiedRates)} M elements/s`);
