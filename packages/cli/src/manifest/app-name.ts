/**
 * Longest name of an application. The operator and Spark put up to ten characters behind it, and
 * the labels that they write it into hold 63.
 */
export const LONGEST_NAME = 52;

/** What is wrong with a name for an application, or undefined. It becomes a Service's: DNS-1035. */
export function nameProblem(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `is longer than ${LONGEST_NAME} characters`;
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
    return `may have lower-case letters, digits and dashes only, from a letter to a letter or digit; use ${appNameOf(name)}`;
  }
  return undefined;
}

/** The nearest name that Kubernetes takes: `Word_Count v2` as `word-count-v2`. */
export function appNameOf(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, "");
  return plain === "" ? "beamline-app" : plain;
}

/** The nearest value of a label: at most 63 letters, digits, dashes, dots and underscores. */
export function labelValue(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}
