import { callerIdentity } from "../../aws/sts.js";
import { compareVersions } from "../../jvm/compare-versions.js";
import { type Check, fail, ok, skipped } from "../check.js";

const OLDEST_NODE = "20.19.0";

/** All that a deployment needs on this machine. */
export const nodeCheck: Check = {
  id: "node",
  proves: "Node on this machine is new enough; no kubectl, Docker or Java is needed",
  async run({ nodeVersion, beamlineVersion }) {
    const seen = `Node ${nodeVersion}, Beamline ${beamlineVersion}`;
    if (compareVersions(nodeVersion, OLDEST_NODE) >= 0) return ok(seen);
    return fail(seen, `install Node ${OLDEST_NODE} or later`);
  },
};

/** Whose credentials deploy: those of the pods are another matter. */
export const awsCheck: Check = {
  id: "aws",
  proves: "there are AWS credentials on this machine, and AWS accepts them",
  async run({ region, awsProfile, s3Endpoint, env, signal }) {
    if (s3Endpoint !== undefined && env.AWS_ENDPOINT_URL_STS === undefined) {
      return skipped(`S3 is ${s3Endpoint}, not Amazon's; the check "bucket" tries its credentials`);
    }
    const { arn } = await callerIdentity({ region, profile: awsProfile }, signal);
    return ok(arn);
  },
};
