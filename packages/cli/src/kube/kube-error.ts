import { BeamlineError, type ErrorOrigin } from "beamline";

/** The body of a refusal, as the API server writes it (`kind: Status`). */
export interface KubeStatus {
  readonly message?: string;
  /** A word for programs: `NotFound`, `Forbidden`, `Invalid`, `AlreadyExists`, ... */
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly causes?: readonly {
      readonly field?: string;
      readonly message?: string;
      readonly reason?: string;
    }[];
  };
}

/** The API server answered with a refusal. */
export class KubeError extends BeamlineError {
  override readonly name = "KubeError";
  /** HTTP status. */
  readonly status: number;
  readonly body: KubeStatus;

  constructor(action: string, status: number, body: KubeStatus) {
    const said = (body.message ?? `HTTP status ${status}`).trim();
    super(codeOf(status), `Cannot ${action}: ${said}; ${adviceFor(status)}`, {
      origin: originOf(status),
    });
    this.status = status;
    this.body = body;
  }
}

/** Whether the cluster said that there is no such object, or no such kind. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

function codeOf(status: number): string {
  switch (status) {
    case 401:
      return "KUBE_UNAUTHENTICATED";
    case 403:
      return "KUBE_FORBIDDEN";
    case 404:
      return "KUBE_NOT_FOUND";
    case 409:
      return "KUBE_CONFLICT";
    case 422:
    case 400:
      return "KUBE_INVALID";
    default:
      return "KUBE_REFUSED";
  }
}

/** A wrong request is the user's to mend; everything else is on the other side. */
function originOf(status: number): ErrorOrigin {
  return status === 400 || status === 422 ? "user" : "remote";
}

function adviceFor(status: number): string {
  switch (status) {
    case 401:
      return "log in again (on EKS: aws sso login, then aws eks update-kubeconfig --name CLUSTER), or choose another --context";
    case 403:
      return "ask for these rights, or choose another --context or --namespace";
    case 404:
      return "see that the name, --namespace and --context are right";
    case 409:
      return "read it again and decide which of the two is to stay";
    case 400:
    case 422:
      return "mend these fields";
    default:
      return "try again, and ask who runs the cluster if it stays so";
  }
}
