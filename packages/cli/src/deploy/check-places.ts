import { BeamlineError } from "beamline";
import { type Storage, s3Place } from "../app/storage.js";
import { type Problem, UsageError } from "../command/usage-error.js";
import { kebabCase } from "../text/names.js";

/**
 * Sees that there are the buckets that a pipeline's options name, before anything is sent. What may
 * not be looked at from here is left to the pods, whose role counts.
 *
 * @param places - `s3://` URLs by the names of options.
 * @throws UsageError with every option whose bucket is not there
 */
export async function checkPlaces(
  places: Readonly<Record<string, string>>,
  open: (bucket: string) => Promise<Storage>,
): Promise<void> {
  const problems = await Promise.all(
    Object.entries(places).map(async ([option, url]): Promise<Problem[]> => {
      const place = s3Place(url);
      if (place === undefined || !(await isMissing(place.bucket, open))) return [];
      const message = `there is no bucket ${place.bucket}; check its name, or create it: aws s3 mb s3://${place.bucket}`;
      return [{ subject: `--${kebabCase(option)} ${url}`, message }];
    }),
  );
  if (problems.flat().length > 0) throw new UsageError("deploy", problems.flat());
}

async function isMissing(
  bucket: string,
  open: (bucket: string) => Promise<Storage>,
): Promise<boolean> {
  try {
    // One page, of which nothing is wanted.
    for await (const _ of (await open(bucket)).list("")) break;
    return false;
  } catch (error) {
    return error instanceof BeamlineError && error.code === "NO_SUCH_BUCKET";
  }
}
