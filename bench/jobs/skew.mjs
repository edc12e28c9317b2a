import { LITTLE_MEMORY, withinBudget } from "../lib/budget.mjs";
import { linearGrowth } from "../lib/growth.mjs";
import { beamlineRun } from "../lib/plan.mjs";

const KEYS = 100_000;
const HOT_PERCENT = 50;

/**
 * Numbers added up by key, combined and grouped: with half of them on one key, and without.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const skew = {
  name: "skew",
  onRequest: true,
  async plan(context) {
    const { root, elements = 20_000_000 } = context;
    const loop = (/** @type {number} */ hot) => (/** @type {string} */ output) => [
      ...[process.execPath, `${root}/bench/peers/skew-loop.mjs`],
      ...[String(elements), String(KEYS), String(hot), output],
    ];
    const beamline =
      (
        /** @type {string} */ how,
        /** @type {number} */ hot,
        /** @type {number} */ count,
        /** @type {readonly string[]} */ ...memory
      ) =>
      (/** @type {string} */ output) =>
        beamlineRun(context, "bench/pipelines/skew.ts", [
          ...["--elements", String(count), "--keys", String(KEYS), "--hot", String(hot)],
          ...["--how", how, "--output", output, "--workers", "2", ...memory],
        ]);
    const contenders = ["combine", "group"].flatMap((how) => [
      {
        ...{ id: how, label: `Beamline, ${how}, keys alike`, ours: true },
        command: beamline(how, 0, elements),
      },
      {
        ...{ id: `${how}-skewed`, label: `Beamline, ${how}, half on one key`, ours: true },
        ...{ command: beamline(how, HOT_PERCENT, elements), sameAs: "loop-skewed" },
      },
      {
        ...{ id: `${how}-quarter`, label: `Beamline, ${how}, half on one key, a quarter of it` },
        ...{ ours: true, unchecked: true },
        command: beamline(how, HOT_PERCENT, Math.ceil(elements / 4)),
      },
      {
        ...{ id: `${how}-bounded`, label: `Beamline, ${how}, keys alike, ${LITTLE_MEMORY}` },
        ...{ ours: true, command: beamline(how, 0, elements, "--memory", LITTLE_MEMORY) },
      },
    ]);
    return {
      title: `Skew, ${elements / 1e6} M numbers added up by ${KEYS.toLocaleString("en")} keys`,
      parameters: { elements },
      reference: "loop",
      contenders: [
        { id: "loop", label: "hand-written loop, keys alike", command: loop(0) },
        {
          ...{ id: "loop-skewed", label: "hand-written loop, half on one key", unchecked: true },
          command: loop(HOT_PERCENT),
        },
        ...contenders,
      ],
      targets: [
        {
          text: "combine: at most 1.2x the time with half on one key",
          ...{ of: "combine-skewed", measure: "ratio", to: "combine", atMost: 1.2 },
        },
        {
          text: "group: at most 2x the time with half on one key",
          ...{ of: "group-skewed", measure: "ratio", to: "group", atMost: 2 },
        },
        withinBudget("combine-bounded", "combine", LITTLE_MEMORY),
        withinBudget("group-bounded", "group", LITTLE_MEMORY),
        linearGrowth("combine-skewed", "combine-quarter", "combine"),
        linearGrowth("group-skewed", "group-quarter", "group"),
      ],
    };
  },
};
