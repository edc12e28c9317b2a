import type { FlagValues } from "../command/command.js";
import type { Cli } from "../terminal/cli.js";
import type { clusterFlags } from "./app-flags.js";
import { type Buckets, openBuckets } from "./app-record.js";
import { type FoundApp, findApp, openCluster } from "./find-app.js";
import type { StorageFlags } from "./storage.js";

export interface AppAtHand extends FoundApp {
  /** Opens buckets; they are closed afterwards. */
  readonly buckets: Buckets;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Finds an application, does something with it, and closes what that has opened. */
export async function withApp<T>(
  name: string,
  flags: FlagValues<typeof clusterFlags> & Partial<StorageFlags>,
  cli: Cli,
  act: (app: AppAtHand) => Promise<T>,
): Promise<T> {
  const signal = cli.cancellation();
  const client = await openCluster(flags, cli);
  try {
    const found = await findApp(client, name, signal);
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
