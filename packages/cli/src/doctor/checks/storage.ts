import { randomUUID } from "node:crypto";
import { BeamlineError } from "beamline";
import { openBucket } from "../../aws/s3.js";
import { eventLogUrl } from "../../manifest/storage.js";
import { type Check, fail, ok, skipped } from "../check.js";
import type { World } from "../world.js";

/** By doing it: what policies allow is known to AWS alone. With your credentials, not the pods'. */
export const bucketCheck: Check = {
  id: "bucket",
  proves: "you may put, list, get and delete below the deployment's prefix",
  async run(world) {
    const { bucket: name, prefix, signal } = world;
    if (name === undefined) return skipped("no --bucket is named");
    const bucket = await openBucket({ bucket: name, ...placeOf(world) });
    const folder = prefix === "" ? "" : `${prefix}/`;
    const key = `${folder}.beamline-doctor-${randomUUID()}`;
    const denied: string[] = [];
    let first: BeamlineError | undefined;
    const attempt = async (verb: string, act: () => Promise<unknown>) => {
      try {
        await act();
        return true;
      } catch (error) {
        if (!(error instanceof BeamlineError)) throw error;
        first ??= error;
        denied.push(verb);
        return false;
      }
    };
    try {
      const isPut = await attempt("put", () => bucket.put(key, "ok", { signal }));
      await attempt("list", async () => {
        for await (const _ of bucket.list(folder, { signal })) break;
      });
      if (isPut) {
        await attempt("get", () => bucket.get(key, { signal }));
        await attempt("delete", () => bucket.deleteMany([key], { signal }));
      }
    } finally {
      bucket.close();
    }
    const place = `s3://${name}/${folder}`;
    if (first === undefined) return ok(`put, list, get and delete in ${place}`);
    const left = denied.includes("delete") ? `; ${key} is left there` : "";
    // One that is not about rights concerns them all.
    if (first.code !== "PERMISSION_DENIED") throw first;
    return fail(
      `you may not ${denied.join(" and ")} in ${place} (${first.message})${left}`,
      `beamline iam --bucket ${name} --prefix ${prefix} --part deployer prints a policy that allows it`,
    );
  },
};

/** Spark does not start without it. */
export const eventLogCheck: Check = {
  id: "event-log",
  proves: "the folder of Spark's event log is there; it is made if not",
  async run(world) {
    const { bucket: home, prefix, settings, signal } = world;
    if (settings.eventLog === "none") return skipped("there is to be none (--event-log none)");
    if (home === undefined) return skipped("no --bucket is named");
    const url = eventLogUrl({ bucket: home, prefix }, settings.eventLog) ?? "";
    const [, name = "", key = ""] = /^s3a:\/\/([^/]+)\/(.*)$/.exec(url) ?? [];
    if (name === "") {
      return fail(`${url} is no S3 URL`, "beamline deploy FILE --event-log s3://BUCKET/PREFIX");
    }
    const bucket = await openBucket({ bucket: name, ...placeOf(world) });
    try {
      for await (const _ of bucket.list(key, { signal })) return ok(`${url} is there`);
      await bucket.put(key, "", { signal });
      return ok(`${url} was not there and has been made`);
    } finally {
      bucket.close();
    }
  },
};

function placeOf({ region, s3Endpoint, awsProfile }: World) {
  return { region, endpoint: s3Endpoint, profile: awsProfile };
}
