/**
 * 64-byte elements into a worker and back over gRPC: what the Fn API costs. Runner, connections and
 * worker are one process, so that the rate per core is that of all of them together.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const dataPlane = {
  name: "data-plane",
  async plan(context) {
    const { root } = context;
    const elements = Math.ceil((context.elements ?? 10_000_000) / 2);
    const program = (/** @type {string} */ file, /** @type {number} */ count) => {
      return (/** @type {string} */ output) => [
        ...[process.execPath, `${root}/bench/${file}`, String(count), output],
      ];
    };
    return {
      title: `Data plane, ${elements / 1e6} M elements of 64 bytes through a worker, over gRPC`,
      parameters: { elements },
      reference: "echo",
      elements,
      contenders: [
        {
          id: "echo",
          label: "bare gRPC, messages sent back untouched",
          command: program("peers/grpc-echo.mjs", elements),
          startup: "echo-start",
        },
        {
          id: "harness",
          label: "Beamline's worker, 1 thread",
          ours: true,
          command: program("pipelines/data-plane.mjs", elements),
          startup: "harness-start",
        },
        {
          id: "echo-start",
          label: "bare gRPC, one element only",
          unchecked: true,
          command: program("peers/grpc-echo.mjs", 1),
        },
        {
          id: "harness-start",
          label: "Beamline's worker, one element only",
          ours: true,
          unchecked: true,
          command: program("pipelines/data-plane.mjs", 1),
        },
      ],
      targets:
        elements < 5_000_000
          ? []
          : [
              {
                text: "at least 1 M elements/s per core, both ways",
                ...{ of: "harness", measure: "rate", atLeast: 1e6 },
              },
            ],
    };
  },
};
