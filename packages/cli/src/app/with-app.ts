import { BeamlineError } from "beamline";
import type { FlagValues } from "../command/command.js";
import { withConfig } from "../config/with-config.js";
import type { Cli } from "../terminal/cli.js";
import { appCommandFlags } from "./app-command-flags.js";
import { type Buckets, openBuckets } from "./app-record.js";
import { type FoundApp, findApp, openCluster } from "./find-app.js";
import type { App } from "./spark-application.js";

export interface AppAtHand extends FoundApp {
  /** Opens buckets; they are closed afterwards. */
  readonly buckets: Buckets;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Some commands have no flags of S3. */
export type AppFlags = Partial<FlagValues<typeof appCommandFlags>>;

/** What was typed, and what the project's configuration says of cluster and S3 where nothing was. */
export async function configured(
  typed: AppFlags,
  cli: Cli,
): Promise<FlagValues<typeof appCommandFlags>> {
  const own = Object.keys(appCommandFlags) as (keyof typeof appCommandFlags)[];
  const given = Object.fromEntries(own.map((name) => [name, typed[name]]));
  const flags = given as FlagValues<typeof appCommandFlags>;
  return (await withConfig(appCommandFlags, flags, cli)).flags;
}

export interface WithAppOptions {
  /** Whether the name may be that of a schedule. Default: it has to be of something that runs. */
  readonly schedules?: boolean;
}

/** Finds an application, does something with it, and closes what that has opened. */
export async function withApp<T>(
  name: string,
  typed: AppFlags,
  cli: Cli,
  act: (app: AppAtHand) => Promise<T>,
  { schedules = false }: WithAppOptions = {},
): Promise<T> {
  const signal = cli.cancellation();
  const flags = await configured(typed, cli);
  const client = await openCluster(flags, cli);
  try {
    const found = await findApp(client, name, signal);
    if (!schedules) requireRun(found.app);
    const { region, awsProfile, s3Endpoint } = flags;
    const buckets = openBuckets({ region, awsProfile, s3Endpoint }, cli, found.object, signal);
    try {
      return await act({ ...found, buckets, signal });
    } finally {
      await buckets.close();
    }
  } finally {
    client.close();
  }
}

function requireRun({ name, schedule }: App): void {
  if (schedule === undefined) return;
  const { lastRunName } = schedule;
  throw new BeamlineError(
    "APP_IS_SCHEDULE",
    lastRunName === undefined
      ? `Cannot look at a run of ${name}: it is a schedule that has not run yet; beamline app show ${name} tells when it will`
      : `Cannot look at ${name} as at one run: it is a schedule; name a run, such as its last one, ${lastRunName}`,
  );
}
