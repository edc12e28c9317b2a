/** The user's module threw while it was imported, or `build` threw: `cause` is what it threw. */
export class UserModuleError extends Error {
  override readonly name = "UserModuleError";
  readonly during: "import" | "build";

  constructor(file: string, cause: unknown, during: "import" | "build" = "import") {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`Cannot ${during === "import" ? "load" : "build"} ${file}: ${reason}`, { cause });
    this.during = during;
  }
}
