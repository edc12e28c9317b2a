import { linearGrowth } from "../lib/growth.mjs";
import { beamlineRun } from "../lib/plan.mjs";
import { ensureSmallFiles, smallFiles } from "../lib/small-files.mjs";

/**
 * WordCount of 10,000 files of a kilobyte, where each file costs more than its words.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const smallFilesJob = {
  name: "small-files",
  async plan(context) {
    const { root, cache, size = "10mb" } = context;
    if (size !== "10mb" && size !== "1mb") {
      throw new Error(
        `Cannot measure small-files: there is no input of ${size}; choose --size 1mb or 10mb`,
      );
    }
    const all = smallFiles[size];
    const folder = await ensureSmallFiles(all, cache);
    const quarter = await ensureSmallFiles(smallFiles[size === "10mb" ? "2.5mb" : "0.25mb"], cache);
    const loop = (/** @type {string} */ from) => (/** @type {string} */ output) => [
      ...[process.execPath, `${root}/bench/peers/files-loop.mjs`, from, output],
    ];
    const beamline = (/** @type {string} */ from) => (/** @type {string} */ output) =>
      beamlineRun(context, "examples/wordcount.ts", [
        ...["--input", `${from}/*.txt`, "--output", output, "--workers", "2"],
      ]);
    return {
      title: `WordCount of ${all.files.toLocaleString("en")} files of 1 KB`,
      parameters: { files: all.files, sha256: all.sha256 },
      reference: "loop",
      contenders: [
        { id: "loop", label: "hand-written loop, one thread", command: loop(folder) },
        {
          ...{ id: "beamline", label: "Beamline, 2 workers", ours: true },
          command: beamline(folder),
        },
        {
          ...{ id: "loop-quarter", label: "hand-written loop, a quarter of the files" },
          ...{ command: loop(quarter), unchecked: true },
        },
        {
          ...{ id: "beamline-quarter", label: "Beamline, a quarter of the files", ours: true },
          ...{ command: beamline(quarter), sameAs: "loop-quarter" },
        },
      ],
      targets: [
        {
          text: "at most 1.3x the loop's time",
          ...{ of: "beamline", measure: "ratio", to: "loop", atMost: 1.3 },
        },
        linearGrowth("beamline", "beamline-quarter", "Beamline"),
      ],
    };
  },
};
