import { beamlineRun } from "../lib/plan.mjs";

const QUERIES = [
  "pass-through",
  "currency",
  "selection",
  "local items",
  "average price",
  "hot items",
  "seller average",
  "highest bid",
  "new sellers",
  "winning bids",
  "log to files",
  "user sessions",
  "bids by clock",
];
const EVENTS = 1_000_000;
/** Queries without state: what their targets say, in wall time of the whole process. */
const STATELESS = 3;
const STATELESS_RATE = 500_000;

/**
 * Queries 0 to 12 of Nexmark on 1 M and 4 M generated events with two workers, against a loop that
 * only makes the events: the price of each query, and how it grows. That the results are right is
 * checked in examples/nexmark/nexmark.test.ts.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const nexmark = {
  name: "nexmark",
  onRequest: true,
  async plan(context) {
    const { root } = context;
    const run =
      (/** @type {number} */ query, /** @type {number} */ events) =>
      (/** @type {string} */ output) =>
        beamlineRun(context, "examples/nexmark.ts", [
          ...["--query", String(query), "--events", String(events), "--workers", "2"],
          ...["--folder", output],
        ]);
    const contenders = QUERIES.flatMap((name, query) => [
      {
        id: `q${query}`,
        label: `query ${query}, ${name}, 1 M events`,
        ours: true,
        unchecked: true,
        startup: "start",
        command: run(query, EVENTS),
      },
      {
        id: `q${query}-4m`,
        label: `query ${query}, ${name}, 4 M events`,
        ours: true,
        unchecked: true,
        command: run(query, 4 * EVENTS),
      },
    ]);
    return {
      title: "Nexmark, queries 0 to 12, two workers",
      parameters: { events: EVENTS },
      reference: "loop",
      elements: EVENTS,
      contenders: [
        {
          id: "loop",
          label: "hand-written loop that makes 1 M events",
          command: () => [process.execPath, `${root}/bench/peers/nexmark-loop.mjs`, String(EVENTS)],
        },
        {
          id: "start",
          label: "Beamline, query 0, one event",
          ours: true,
          unchecked: true,
          command: run(0, 1),
        },
        ...contenders,
      ],
      targets: QUERIES.flatMap((name, query) => [
        ...(query < STATELESS
          ? [
              {
                text: `query ${query} (${name}): at least 500 k events/s, start included`,
                of: `q${query}`,
                measure: /** @type {const} */ ("wallSeconds"),
                atMost: EVENTS / STATELESS_RATE,
              },
            ]
          : []),
        {
          text: `query ${query} (${name}): 4 M events in at most 4.4 times the time of 1 M`,
          of: `q${query}-4m`,
          measure: /** @type {const} */ ("ratio"),
          to: `q${query}`,
          atMost: 4.4,
        },
      ]),
    };
  },
};
