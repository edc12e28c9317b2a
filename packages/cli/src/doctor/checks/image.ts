import { openRegistries } from "../../image/build-image.js";
import { platformsOf } from "../../image/oci/base-image.js";
import { parseReference } from "../../image/oci/reference.js";
import { RegistryError } from "../../image/oci/registry-error.js";
import { type Check, fail, NotChecked, ok, skipped, warn } from "../check.js";
import { mayRunOn } from "../fits-node.js";
import type { World } from "../world.js";

export const imageCheck: Check = {
  id: "image",
  proves: "the image is in its registry, for the architectures of the nodes that may run it",
  async run(world) {
    const { image, env, insecure, signal } = world;
    if (image === undefined) return skipped("no --image is named");
    const reference = parseReference(image);
    if (reference.digest === undefined && reference.tag === undefined) {
      return skipped(`deploy makes ${image}; by its tag or digest it can be looked up`);
    }
    const { target } = openRegistries(
      { base: reference, target: reference },
      { env, signal, ...(insecure ? { insecure } : {}) },
    );
    let platforms: readonly string[];
    try {
      platforms = await platformsOf(target, reference);
    } catch (error) {
      if (error instanceof RegistryError && error.status === 404) {
        return fail(`${image} is not there`, "beamline image FILE --image REPOSITORY:TAG");
      }
      throw error;
    }
    const list = platforms.join(", ");
    const nodes = await architectures(world);
    if (nodes === undefined) return ok(`it is there for ${list}; the nodes could not be looked at`);
    const missing = nodes.filter((each) => !platforms.includes(each));
    const seen = `it is there for ${list}; nodes that may run it are ${nodes.join(", ") || "none"}`;
    if (nodes.length > 0 && missing.length === nodes.length) {
      return fail(
        `${seen}: it would not start on any`,
        `beamline image FILE --image ${image} --platform ${missing[0]}`,
      );
    }
    if (missing.length > 0) {
      const arch = platforms[0]?.split("/")[1] ?? "amd64";
      return warn(
        `${seen}: it would not start on ${missing.join(", ")}`,
        `beamline image FILE (for all platforms), or --node-selector kubernetes.io/arch=${arch}`,
      );
    }
    return ok(seen);
  },
};

async function architectures(world: World): Promise<readonly string[] | undefined> {
  try {
    const { driver, executor } = world.spec;
    const nodes = (await world.nodes()).filter(
      (node) => mayRunOn(driver, node) || mayRunOn(executor, node),
    );
    return [
      ...new Set(
        nodes.map(({ status }) => {
          const { operatingSystem = "linux", architecture = "amd64" } = status?.nodeInfo ?? {};
          return `${operatingSystem}/${architecture}`;
        }),
      ),
    ];
  } catch (error) {
    if (error instanceof NotChecked) return undefined;
    throw error;
  }
}
