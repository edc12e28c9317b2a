import { openRegistries } from "../../image/build-image.js";
import { platformsOf } from "../../image/oci/base-image.js";
import { type ImageReference, parseReference } from "../../image/oci/reference.js";
import { RegistryError } from "../../image/oci/registry-error.js";
import { type Check, type CheckResult, fail, NotChecked, ok, skipped, warn } from "../check.js";
import { mayRunOn } from "../fits-node.js";
import type { World } from "../world.js";

export const imageCheck: Check = {
  id: "image",
  proves:
    "the image is in its registry, or can be made and pushed there, for the architectures of the nodes that may run it",
  async run(world) {
    const { image } = world;
    if (image === undefined) return skipped("no --image is named");
    const reference = parseReference(image);
    const isThere = reference.digest !== undefined || reference.tag !== undefined;
    return isThere ? lookUp(world, image, reference) : lookAhead(world, image, reference);
  },
};

/** An image that is named by tag or digest. */
async function lookUp(
  world: World,
  image: string,
  reference: ImageReference,
): Promise<CheckResult> {
  const { target } = registriesOf(world, reference, reference);
  let platforms: readonly string[];
  try {
    platforms = await platformsOf(target, reference);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return fail(`${image} is not there`, "beamline image FILE --image REPOSITORY:TAG");
  }
  return onNodes(world, platforms, "it is there", {
    none: (platform) => `beamline image FILE --image ${image} --platform ${platform}`,
    some: (arch) =>
      `beamline image FILE (for all platforms), or --node-selector kubernetes.io/arch=${arch}`,
  });
}

/** One that deploy will make: what it is made of, and whether it can be pushed. */
async function lookAhead(
  world: World,
  image: string,
  reference: ImageReference,
): Promise<CheckResult> {
  const { base: name, platforms } = world;
  const { base, target, ecr } = registriesOf(world, parseReference(name), reference);
  const there = await platformsOf(base, parseReference(name));
  const missing = platforms.filter((platform) => !there.includes(platform));
  if (missing.length > 0) {
    return fail(
      `the base ${name} is there for ${there.join(", ")}, and not for ${missing.join(", ")}`,
      `--platform ${there[0] ?? "linux/amd64"}, or another --base`,
    );
  }
  try {
    await target.requireWritable();
  } catch (error) {
    // Deploy creates it, in ECR.
    if (ecr === undefined || !isMissing(error)) throw error;
  }
  return onNodes(world, platforms, `deploy can make it and push it to ${image}`, {
    none: (platform) => `--platform ${platform}`,
    some: (arch) => `leave out --platform, or --node-selector kubernetes.io/arch=${arch}`,
  });
}

interface Mends {
  /** Where it would start on no node, such as one of this platform. */
  readonly none: (platform: string) => string;
  /** Where it would start on those of an architecture only. */
  readonly some: (arch: string) => string;
}

async function onNodes(
  world: World,
  platforms: readonly string[],
  state: string,
  mends: Mends,
): Promise<CheckResult> {
  const what = `${state} for ${platforms.join(", ")}`;
  const nodes = await architectures(world);
  if (nodes === undefined) return ok(`${what}; the nodes could not be looked at`);
  const missing = nodes.filter((each) => !platforms.includes(each));
  const seen = `${what}; nodes that may run it are ${nodes.join(", ") || "none"}`;
  const [first] = missing;
  if (first === undefined) return ok(seen);
  if (missing.length === nodes.length) {
    return fail(`${seen}: it would not start on any`, mends.none(first));
  }
  const arch = platforms[0]?.split("/")[1] ?? "amd64";
  return warn(`${seen}: it would not start on ${missing.join(", ")}`, mends.some(arch));
}

function registriesOf(
  { env, insecure, awsProfile, signal }: World,
  base: ImageReference,
  target: ImageReference,
) {
  const options = { env, signal, awsProfile, ...(insecure ? { insecure } : {}) };
  return openRegistries({ base, target }, options);
}

function isMissing(error: unknown): boolean {
  return error instanceof RegistryError && error.status === 404;
}

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
