import { BeamlineError } from "../model/errors.js";

/**
 * Imports a package that is installed only where somebody needs it.
 *
 * @param action - What it is for: `"read CSV"`.
 * @param load - Imports it by a literal name, so that bundlers see it.
 * @throws BeamlineError `PACKAGE_MISSING`, with the command that installs it.
 */
export async function importOptional<T>(
  name: string,
  action: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(name, cause)) throw cause;
    throw new BeamlineError(
      "PACKAGE_MISSING",
      `Cannot ${action}: the package "${name}" is not installed; run npm install ${name}`,
      { cause },
    );
  }
}

function isMissing(name: string, error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === "ERR_MODULE_NOT_FOUND" &&
    error.message.includes(name)
  );
}
