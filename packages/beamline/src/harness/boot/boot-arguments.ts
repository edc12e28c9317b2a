import { parseArgs } from "node:util";
import { BeamlineError } from "../../model/errors.js";

/** What a runner gives a worker process on its command line. */
export interface BootArguments {
  readonly workerId: string;
  readonly provision: string | undefined;
  readonly logging: string | undefined;
  readonly artifact: string | undefined;
  readonly control: string | undefined;
  /** A folder that outlives the process. */
  readonly semiPersistDir: string | undefined;
}

const TEXT = { type: "string" } as const;

/**
 * Reads Beam's arguments, as `--id=1` or `--id 1`, with one dash or two. Newer runners give only the
 * provision endpoint; older ones all of them. What is not known is ignored: runners add flags.
 */
export function parseBootArguments(args: readonly string[]): BootArguments {
  const { values } = parseArgs({
    // Go programs, which Beam's own boots are, take a single dash too.
    args: args.map((arg) => arg.replace(/^-(?=[a-z_]{2})/, "--")),
    options: {
      id: TEXT,
      provision_endpoint: TEXT,
      logging_endpoint: TEXT,
      artifact_endpoint: TEXT,
      control_endpoint: TEXT,
      semi_persist_dir: TEXT,
    },
    strict: false,
  });
  const text = (value: string | boolean | undefined) =>
    typeof value === "string" && value !== "" ? value : undefined;
  const workerId = text(values.id);
  if (workerId === undefined) throw missing("--id");
  const provision = text(values.provision_endpoint);
  const control = text(values.control_endpoint);
  if (provision === undefined && control === undefined) throw missing("--provision_endpoint");
  return {
    workerId,
    provision,
    logging: text(values.logging_endpoint),
    artifact: text(values.artifact_endpoint),
    control,
    semiPersistDir: text(values.semi_persist_dir),
  };
}

function missing(flag: string): BeamlineError {
  return new BeamlineError(
    "BAD_BOOT_ARGUMENTS",
    `Cannot start a worker: ${flag} is missing; this command is for runners, which give it --id and --provision_endpoint`,
  );
}
