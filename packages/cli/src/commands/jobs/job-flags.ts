import { jobEndpointFlag } from "../../remote/remote-flags.js";

/** Flags of every command on jobs. */
export const jobFlags = {
  jobEndpoint: { ...jobEndpointFlag, required: true },
};

export const jobArgument = { name: "JOB", summary: "id of the job: beamline jobs list shows it" };
