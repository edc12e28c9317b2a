/** What the process ends with; `beamline --help` lists it. */
export const exitCodes = {
  done: { code: 0, meaning: "done" },
  failed: { code: 1, meaning: "the pipeline failed" },
  usage: { code: 2, meaning: "a wrong flag, file or pipeline" },
  remote: { code: 3, meaning: "a remote service or the machine failed" },
  bug: { code: 70, meaning: "a bug in Beamline" },
  interrupted: { code: 130, meaning: "cancelled by Ctrl-C" },
  terminated: { code: 143, meaning: "cancelled by SIGTERM" },
} as const;
