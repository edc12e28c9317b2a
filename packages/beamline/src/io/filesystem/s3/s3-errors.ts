import { BeamlineError } from "../../../model/errors.js";
import { parseS3Path } from "./s3-path.js";

/** What was asked of S3, for its errors. */
export interface S3Action {
  /** After "Cannot": `read`, `write`, `list`, `delete`. */
  readonly verb: string;
  /** `s3://bucket/key`. */
  readonly path: string;
  /** The permission that it needs, such as `s3:GetObject`. */
  readonly permission: string;
}

/** What an error of AWS's client tells. */
interface Fault {
  /** `NoSuchKey`, or the name of a system error, such as `ECONNREFUSED`. */
  readonly name: string;
  readonly status: number | undefined;
  readonly message: string;
}

interface Explanation {
  readonly code: string;
  readonly state: string;
  readonly next: string;
  readonly remote?: true;
}

/** Says what a failed call means. What is no error of a call comes back as it is. */
export function s3Error(action: S3Action, cause: unknown): unknown {
  if (cause instanceof BeamlineError || !(cause instanceof Error)) return cause;
  const fault = faultOf(cause);
  const isRole = isOfSts(cause) && isRefusal(fault);
  const { code, state, next, remote } = isRole ? roleRefused(fault) : explain(action, fault);
  return new BeamlineError(code, `Cannot ${action.verb} "${action.path}": ${state}; ${next}`, {
    cause: withoutExchange(cause),
    origin: remote === true ? "remote" : "user",
  });
}

/** The client hangs the whole exchange on its errors, session token included; but errors get printed. */
function withoutExchange(error: Error): Error {
  if (!("$response" in error)) return error;
  const { message, stack } = error;
  const { name, status } = faultOf(error);
  return Object.assign(new Error(message), { name, stack, $metadata: { httpStatusCode: status } });
}

/** The name of an S3 error or of the system's, and the response's status where there was one. */
export function faultOf(error: Error): Fault {
  const { code, Code, $metadata, $response } = error as {
    readonly code?: unknown;
    readonly Code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly statusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  const name = typeof code === "string" ? code : typeof Code === "string" ? Code : error.name;
  return { name, status, message: error.message };
}

/**
 * Whether the call that failed was one to AWS's Security Token Service, which the client makes for
 * credentials. Its errors say so by their class alone, and have the same names as those of S3.
 */
function isOfSts(error: Error): boolean {
  for (let at: unknown = error; at instanceof Error; at = Object.getPrototypeOf(at)) {
    // A bundle with several of that name has numbered them.
    if (/^STSServiceException\d*$/.test(at.constructor.name)) return true;
  }
  return false;
}

function isRefusal({ status = 0 }: Fault): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

function roleRefused(fault: Fault): Explanation {
  return {
    code: "ROLE_REFUSED",
    state: `STS gives out no credentials for the role (${saidBy(fault)})`,
    next: "check AWS_ROLE_ARN, or role_arn of the profile, and the role's trust policy: it has to name whoever asks (of a pod its service account, the cluster's issuer and the token's audience, sts.amazonaws.com)",
  };
}

function saidBy({ name, message }: Fault): string {
  return message === "" || message === name ? name : `${name}: ${message}`;
}

/** True for the error of an object that is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof BeamlineError && error.code === "FILE_NOT_FOUND";
}

function explain(action: S3Action, fault: Fault): Explanation {
  const named = byName(action, fault);
  if (named !== undefined) return named;
  const { status } = fault;
  if (status === 404) return MISSING;
  if (status === 403) return denied(action);
  if (status === 412) return CHANGED;
  const busy = status === undefined || status >= 500 || status === 429;
  const said = saidBy(fault);
  return {
    code: "S3_FAILED",
    state: status === undefined ? said : `S3 answered ${status}, ${said}`,
    next: busy ? "try again later" : "check the path and the bucket's settings",
    ...(busy ? { remote: true } : {}),
  };
}

const MISSING: Explanation = {
  code: "FILE_NOT_FOUND",
  state: "there is no such object",
  next: "check the key",
};

const CHANGED: Explanation = {
  code: "FILE_CHANGED",
  state: "the object was replaced while the job was reading it",
  next: "let nobody change the input while the job runs, then run it again",
};

function denied({ path, permission }: S3Action): Explanation {
  const { bucket, key } = parseS3Path(path);
  const onBucket = permission.startsWith("s3:List");
  const hint =
    permission === "s3:GetObject"
      ? " (S3 says so, too, of a missing object that it may not list)"
      : "";
  return {
    code: "PERMISSION_DENIED",
    state: `access is denied${hint}`,
    next: `allow ${permission} on arn:aws:s3:::${bucket}${onBucket ? "" : `/${key}`} to whom these credentials belong, or use another AWS_PROFILE`,
  };
}

function byName(action: S3Action, { name, message }: Fault): Explanation | undefined {
  switch (name) {
    case "NoSuchBucket":
      return {
        code: "NO_SUCH_BUCKET",
        state: `there is no bucket "${parseS3Path(action.path).bucket}"`,
        next: "check its name, or create it",
      };
    case "NoSuchKey":
    case "NotFound":
      return MISSING;
    case "NoSuchUpload":
      return {
        code: "FILE_FAILED",
        state: "the upload was ended by someone else",
        next: "let only one job at a time write there, then run it again",
      };
    case "PreconditionFailed":
      return CHANGED;
    case "AccessDenied":
    case "AllAccessDisabled":
      return denied(action);
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "InvalidToken":
    case "AuthorizationHeaderMalformed":
      return {
        code: "CREDENTIALS_REFUSED",
        state: `S3 refuses the credentials (${name})`,
        next: "check AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the region and the endpoint",
      };
    case "ExpiredToken":
    case "ExpiredTokenException":
    case "TokenRefreshRequired":
    case "RequestExpired":
      return {
        code: "CREDENTIALS_EXPIRED",
        state: "the credentials have expired",
        next: "get new ones (for a profile with SSO: aws sso login), then run it again",
      };
    case "RequestTimeTooSkewed":
      return {
        code: "CLOCK_SKEWED",
        state: "this machine's clock is wrong",
        next: "set it, since signatures carry the time",
      };
    case "CredentialsProviderError":
    case "TokenProviderError":
      return {
        code: "NO_CREDENTIALS",
        state: `there are no AWS credentials (${firstSentence(message)})`,
        next: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; on EKS give the pod's ServiceAccount a role by Pod Identity or IRSA",
      };
    case "InvalidObjectState":
      return {
        code: "FILE_ARCHIVED",
        state: "the object is in an archive class",
        next: "restore it first, or leave it out of the input",
      };
    case "PermanentRedirect":
    case "IllegalLocationConstraintException":
      return {
        code: "WRONG_REGION",
        state: "the bucket is in another region",
        next: "set AWS_REGION to the bucket's",
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ECONNREFUSED":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
    case "ECONNRESET":
    case "EPIPE":
    case "TimeoutError":
      return {
        code: "S3_UNREACHABLE",
        state: `S3 could not be reached (${message})`,
        next: "check the network, AWS_REGION, and AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL if one is set",
        remote: true,
      };
    default:
      return message === "Region is missing"
        ? {
            code: "NO_REGION",
            state: "no AWS region is set",
            next: "set AWS_REGION, or region in the profile",
          }
        : undefined;
  }
}

function firstSentence(text: string): string {
  return text.split(/[\n.](?:\s|$)/, 1).join("");
}
