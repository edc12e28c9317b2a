// Why exec/specialise.ts makes a copy of code per step: five steps over integers as closures that
// share their code, and as copies that V8 can inline. Run it: node bench/micro/specialise.mjs
const ELEMENTS = 10_000_000;
const ROUNDS = 5;

const shared = {
  map: (fn, next) => (value) => next(fn(value)),
  filter: (fn, next) => (value) => {
    if (fn(value)) next(value);
  },
};

let copies = 0;
const copy = (source) => (fn, next) =>
  new Function("fn", "next", `/* copy ${copies++} */ return ${source};`)(fn, next);
const copied = {
  map: copy("(value) => next(fn(value))"),
  filter: copy("(value) => { if (fn(value)) next(value); }"),
};

/** Three maps, a filter and a count; the text chain before it is what other steps of a pipeline do. */
function run({ map, filter }) {
  const lengths = map(
    (n) => `${n}a`,
    map(
      (text) => text.length,
      filter(
        (length) => length > 1,
        () => {},
      ),
    ),
  );
  for (let i = 0; i < 200_000; i++) lengths(i);
  let count = 0;
  const counted = filter(
    (n) => n % 3 !== 0,
    () => count++,
  );
  const chain = map(
    (n) => n + 1,
    map(
      (n) => n * 2,
      map((n) => n - 3, counted),
    ),
  );
  const started = performance.now();
  for (let i = 0; i < ELEMENTS; i++) chain(i);
  return ELEMENTS / (performance.now() - started) / 1000;
}

const rates = { shared: [], copied: [] };
for (let round = 0; round < ROUNDS; round++) {
  rates.shared.push(run(shared));
  rates.copied.push(run(copied));
}
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
console.log(`shared code: ${median(rates.shared).toFixed(0)} M elements/s`);
console.log(`a copy a step: ${median(rates.copied).toFixed(0)} M elements/s`);
