import { beamlineRun } from "../lib/plan.mjs";

/**
 * Integers through three maps, a filter and a count in one process: the price of an element. Each
 * contender also runs with one element, and that is taken off as start-up.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const chain = {
  name: "chain",
  async plan(context) {
    const { root, elements = 10_000_000 } = context;
    const beamline = (/** @type {number} */ count) => (/** @type {string} */ output) =>
      beamlineRun(context, "bench/pipelines/chain.ts", [
        ...["--elements", String(count), "--output", output, "--workers", "1"],
      ]);
    const peer =
      (/** @type {string} */ file, /** @type {number} */ count) =>
      (/** @type {string} */ output) => [
        ...[process.execPath, `${root}/bench/peers/${file}`, String(count), output],
      ];
    return {
      title: `Fused chain, ${elements / 1e6} M integers through three maps, a filter and a count`,
      parameters: { elements },
      reference: "closures",
      elements,
      contenders: [
        {
          id: "closures",
          label: "hand-written, five closures",
          command: peer("chain-closures.mjs", elements),
          startup: "node-start",
        },
        {
          id: "beamline",
          label: "Beamline, 1 worker",
          ours: true,
          command: beamline(elements),
          startup: "beamline-start",
        },
        ...(context.peers.has("arrays")
          ? [
              {
                id: "arrays",
                label: "array methods",
                command: peer("chain-arrays.mjs", elements),
                startup: "node-start",
              },
            ]
          : []),
        {
          id: "beamline-start",
          label: "Beamline, one element only",
          ours: true,
          unchecked: true,
          command: beamline(1),
        },
        {
          id: "node-start",
          label: "hand-written, one element only",
          unchecked: true,
          command: peer("chain-closures.mjs", 1),
        },
      ],
      targets:
        elements < 10_000_000
          ? []
          : [
              {
                text: "at least 15 M elements/s per core",
                ...{ of: "beamline", measure: "rate", atLeast: 15e6 },
              },
            ],
    };
  },
};
