/** The attributes of a jar's manifest that hold for the whole jar, in the file's order. */
export type ManifestAttributes = ReadonlyMap<string, string>;

export const MANIFEST_NAME = "META-INF/MANIFEST.MF";

const MAX_LINE_BYTES = 72;

/** Reads the main section; sections about single entries, which hold digests, are passed over. */
export function parseManifest(text: string): ManifestAttributes {
  const [main = ""] = text.replace(/\r\n?/g, "\n").split("\n\n", 1);
  const unfolded = main.replace(/\n /g, "");
  const attributes = new Map<string, string>();
  for (const line of unfolded.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon > 0) attributes.set(line.slice(0, colon), line.slice(colon + 2));
  }
  return attributes;
}

/** The manifest's text; `Manifest-Version` comes first, as Java wants it. */
export function formatManifest(attributes: ManifestAttributes): string {
  const { "Manifest-Version": version = "1.0", ...rest } = Object.fromEntries(attributes);
  const lines = [`Manifest-Version: ${version}`];
  for (const [name, value] of Object.entries(rest)) lines.push(`${name}: ${value}`);
  return `${lines.map(fold).join("\r\n")}\r\n\r\n`;
}

/** Lines of a manifest have 72 bytes at most; the next one goes on after a space. */
function fold(line: string): string {
  const folded: string[] = [];
  let part = "";
  for (const character of line) {
    if (Buffer.byteLength(part + character) > MAX_LINE_BYTES) {
      folded.push(part);
      part = " ";
    }
    part += character;
  }
  folded.push(part);
  return folded.join("\r\n");
}
