/** What a registry wants before it answers: its `WWW-Authenticate` header. */
export type Challenge =
  | { readonly kind: "basic" }
  | {
      readonly kind: "bearer";
      readonly realm: string;
      readonly service?: string;
      readonly scope?: string;
    };

/** Reads the header (RFC 9110 §11.6.1); undefined when there is nothing in it that is known. */
export function parseChallenge(header: string | null): Challenge | undefined {
  if (header === null) return undefined;
  const [, scheme = "", rest = ""] = /^\s*(\w+)\s*(.*)$/s.exec(header) ?? [];
  if (scheme.toLowerCase() === "basic") return { kind: "basic" };
  if (scheme.toLowerCase() !== "bearer") return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = "", quoted, plain] of rest.matchAll(
    /(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g,
  )) {
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "");
  }
  const realm = parameters.get("realm");
  if (realm === undefined) return undefined;
  const [service, scope] = [parameters.get("service"), parameters.get("scope")];
  return {
    kind: "bearer",
    realm,
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  };
}
