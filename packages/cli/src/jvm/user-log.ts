const MARK = "BEAMLINE-LOG ";
const LOGGER = "beamline.user";

/** Something that a function of the pipeline logged in a worker. */
export interface UserLog {
  /** The step that logged it, where that is known. */
  readonly step: string | undefined;
  readonly message: string;
}

/** What a line of a job server's log says of the pipeline's own logs; undefined for all others. */
export function userLogOf(line: string): UserLog | undefined {
  if (!line.startsWith(MARK)) return undefined;
  let entry: { readonly logger?: unknown; readonly message?: unknown };
  try {
    entry = JSON.parse(line.slice(MARK.length));
  } catch {
    return undefined;
  }
  const { logger, message } = entry;
  if (typeof logger !== "string" || typeof message !== "string") return undefined;
  const step = logger.startsWith(`${LOGGER}.`) ? logger.slice(LOGGER.length + 1) : undefined;
  // Java's runners put a space and an empty stack trace behind it.
  return { step, message: message.replace(/ $/, "") };
}
