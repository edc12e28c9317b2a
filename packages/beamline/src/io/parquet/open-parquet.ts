import { BeamlineError } from "../../model/errors.js";

export type ParquetLibrary = typeof import("./parquet-library.js");
export type ParquetWriteLibrary = typeof import("./parquet-write-library.js");

const PACKAGES = ["hyparquet", "hyparquet-compressors", "hyparquet-writer"];

/** What reads Parquet. Throws `PACKAGE_MISSING` where it is not installed. */
export function openParquet(): Promise<ParquetLibrary> {
  return imported("read", () => import("./parquet-library.js"));
}

/** What writes Parquet. Throws `PACKAGE_MISSING` where it is not installed. */
export function openParquetWriter(): Promise<ParquetWriteLibrary> {
  return imported("write", () => import("./parquet-write-library.js"));
}

async function imported<T>(verb: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const missing = isMissing(cause);
    if (missing === undefined) throw cause;
    throw new BeamlineError(
      "PACKAGE_MISSING",
      `Cannot ${verb} Parquet files: the package "${missing}" is not installed; run npm install ${PACKAGES.join(" ")}`,
      { cause },
    );
  }
}

function isMissing(error: unknown): string | undefined {
  if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) {
    return undefined;
  }
  // Node names the package, and a bundle that was made without it the module.
  const { message } = error;
  return PACKAGES.find((name) => message.includes(`'${name}'`) || message.includes(`'${name}/`));
}
