import { BeamlineError } from "beamline";

/** A failed call of one of AWS's services; the client's own error would show session tokens. */
export class AwsError extends BeamlineError {
  override readonly name = "AwsError";
  /** AWS's name of it: `NoSuchBucket`. */
  readonly fault: string;
  /** Of the answer, if there was one. */
  readonly status: number | undefined;

  constructor(action: string, fault: Fault, { code, state, next, remote }: Explanation) {
    super(code, `Cannot ${action}: ${state}; ${next}`, {
      origin: remote === true ? "remote" : "user",
      cause: new Error(`${fault.name}: ${fault.message}`),
    });
    this.fault = fault.name;
    this.status = fault.status;
  }
}

interface Fault {
  readonly name: string;
  readonly status: number | undefined;
  readonly message: string;
}

interface Explanation {
  readonly code: string;
  readonly state: string;
  readonly next: string;
  readonly remote?: boolean;
}

/** Runs a call of AWS's; what it throws comes out as "Cannot <action>: ...". */
export async function callAws<T>(
  action: string,
  call: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof BeamlineError || !(error instanceof Error)) throw error;
    const fault = faultOf(error);
    throw new AwsError(action, fault, explain(fault));
  }
}

function faultOf(error: Error): Fault {
  const { code, Code, $metadata } = error as {
    readonly code?: unknown;
    readonly Code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const name = typeof code === "string" ? code : typeof Code === "string" ? Code : error.name;
  return { name, status: $metadata?.httpStatusCode, message: error.message };
}

const NEW_CREDENTIALS = "get new ones (for a profile with SSO: aws sso login)";
const CHECK_CREDENTIALS =
  "check AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the region and the endpoint";

/** Patterns of AWS's names for what went wrong, the first that fits. */
const EXPLANATIONS: readonly (readonly [RegExp, Explanation])[] = [
  [
    /^(CredentialsProviderError|TokenProviderError)$/,
    {
      code: "NO_CREDENTIALS",
      state: "there are no AWS credentials",
      next: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    },
  ],
  [
    /Expired|TokenRefreshRequired/,
    { code: "CREDENTIALS_EXPIRED", state: "the credentials have expired", next: NEW_CREDENTIALS },
  ],
  [
    /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|InvalidClientTokenId|UnrecognizedClientException|IncompleteSignature|AuthorizationHeaderMalformed)/,
    {
      code: "CREDENTIALS_REFUSED",
      state: "AWS refuses the credentials",
      next: CHECK_CREDENTIALS,
    },
  ],
  [
    /^(NoSuchBucket)$/,
    {
      code: "NO_SUCH_BUCKET",
      state: "there is no such bucket",
      next: "check its name, or create it",
    },
  ],
  [
    /^(PermanentRedirect|IllegalLocationConstraintException)$/,
    {
      code: "WRONG_REGION",
      state: "it is in another region",
      next: "name its region, by --region or AWS_REGION",
    },
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ECONNRESET|EPIPE|TimeoutError)$/,
    {
      code: "AWS_UNREACHABLE",
      state: "AWS could not be reached",
      next: "check the network, the region and the endpoint",
      remote: true,
    },
  ],
];

function explain({ name, status, message }: Fault): Explanation {
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(name))?.[1];
  const said = message === "" || message === name ? name : message;
  if (known !== undefined) return { ...known, state: `${known.state} (${firstLine(said)})` };
  if (message === "Region is missing") {
    return { code: "NO_REGION", state: "no AWS region is set", next: "set AWS_REGION" };
  }
  if (status === 403 || /^(AccessDenied|Unauthorized)/.test(name)) {
    return {
      code: "PERMISSION_DENIED",
      state: `access is denied (${firstLine(said)})`,
      next: "allow it to whom these credentials belong (beamline iam prints a policy), or use another AWS_PROFILE",
    };
  }
  const remote = status === undefined || status >= 500;
  return {
    code: "AWS_FAILED",
    state: `AWS answered ${name}: ${firstLine(said)}`,
    next: remote ? "try again later" : "check what was asked for",
    remote,
  };
}

function firstLine(text: string): string {
  return text.split("\n", 1).join("");
}
