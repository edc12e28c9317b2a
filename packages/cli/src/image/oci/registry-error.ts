import { BeamlineError } from "beamline";

/** A registry's answer that is none of those hoped for. */
export class RegistryError extends BeamlineError {
  override readonly name = "RegistryError";
  readonly status: number | undefined;

  constructor(
    code: string,
    message: string,
    options: { status?: number; cause?: unknown; remote?: boolean } = {},
  ) {
    const { status, cause, remote } = options;
    super(code, message, { cause, origin: remote === true ? "remote" : "user" });
    this.status = status;
  }
}

/** Says what a refused request means. */
export async function refused(
  action: string,
  host: string,
  answer: Response,
  known: boolean,
): Promise<RegistryError> {
  const { status } = answer;
  const said = await detailOf(answer);
  const text = (state: string, next: string) => `Cannot ${action}: ${state}${said}; ${next}`;
  switch (true) {
    case status === 401 || (status === 403 && !known):
      return known
        ? new RegistryError(
            "REGISTRY_LOGIN_REFUSED",
            text(`${host} refuses the login`, `log in again: docker login ${host}`),
            { status },
          )
        : new RegistryError(
            "NO_REGISTRY_LOGIN",
            text(
              `${host} wants a login, and there is none`,
              `log in: docker login ${host}, or for ECR set AWS_PROFILE`,
            ),
            { status },
          );
    case status === 403:
      return new RegistryError(
        "REGISTRY_DENIED",
        text(`${host} denies access`, "give this login the right to pull and push there"),
        { status },
      );
    case status === 404:
      return new RegistryError(
        "IMAGE_NOT_FOUND",
        text("it is not there", "check the name and the tag"),
        { status },
      );
    case status === 429:
      return new RegistryError(
        "REGISTRY_BUSY",
        text(`${host} wants fewer requests`, "log in, or try again later"),
        { status, remote: true },
      );
    default:
      return new RegistryError(
        "REGISTRY_FAILED",
        text(
          `${host} answered ${status}`,
          status >= 500 ? "try again later" : "check the registry's log",
        ),
        { status, remote: status >= 500 },
      );
  }
}

/** The network between us failed. */
export function unreachable(action: string, host: string, cause: unknown): RegistryError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const state = inner instanceof Error ? inner.message : String(inner);
  return new RegistryError(
    "REGISTRY_UNREACHABLE",
    `Cannot ${action}: ${host} could not be reached (${state}); check the name and the network (--insecure is for a registry that speaks plain HTTP)`,
    { cause, remote: true },
  );
}

/** The registry's own words, from the JSON that the specification asks for. */
async function detailOf(answer: Response): Promise<string> {
  try {
    const text = await answer.text();
    const { errors = [] } = JSON.parse(text) as {
      readonly errors?: readonly { readonly code?: string; readonly message?: string }[];
    };
    const [first] = errors;
    const words = first?.message || first?.code;
    return words === undefined ? "" : ` (${words})`;
  } catch {
    return "";
  }
}
