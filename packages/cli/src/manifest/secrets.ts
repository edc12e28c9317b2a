import type { Problem } from "../command/usage-error.js";

/** Names whose values are secrets, in Spark's, Hadoop's and the environment's spelling. */
const SECRET =
  /(^|[._-])(secret|password|passwd|token|access[._-]?key|private[._-]?key|api[._-]?key)([._-]|$)/i;

/** Names that look alike and are references to where the secret is. */
const REFERENCE =
  /secretkeyref|envsecretkeyrefs|\.secrets\.|secretname$|^awssecret$|imagepullsecrets?$|\.file$|\.path$|provider|token[._-]?(file|expir|audience|path|type)|authorization-mode/i;

const ACCESS_KEY = /\b(AKIA|ASIA)[A-Z0-9]{16}\b/;

/** Whether a property of this name holds a secret: `fs.s3a.secret.key`. */
export function isSecretName(name: string): boolean {
  return SECRET.test(spelled(name)) && !REFERENCE.test(name);
}

/** `secretKey` and `secretkey` count as `secret.key`. */
function spelled(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1.$2");
}

/** Whether a text has an AWS access key in it. */
export function holdsAccessKey(text: string): boolean {
  return ACCESS_KEY.test(text);
}

/** What to do instead. */
export const INSTEAD =
  "holds a secret, which would be written into the manifest, the event log and kubectl's output; use --identity irsa or pod-identity, or put it into a Kubernetes Secret and give --identity secret --aws-secret NAME";

/** Every secret in a manifest to be, by the path at which it stands. */
export function secretProblems(value: unknown, path = ""): Problem[] {
  if (typeof value === "string") {
    return holdsAccessKey(value) ? [{ subject: path, message: INSTEAD }] : [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => secretProblems(item, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return [];
  const { name, value: literal }: { name?: unknown; value?: unknown } = value;
  if (typeof name === "string" && typeof literal === "string" && isSecretName(name)) {
    return [{ subject: `${path} ${name}`, message: INSTEAD }];
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const here = path === "" ? key : `${path}.${key}`;
    if (typeof item === "string" && item !== "" && isSecretName(key)) {
      return [{ subject: here, message: INSTEAD }];
    }
    return secretProblems(item, here);
  });
}
