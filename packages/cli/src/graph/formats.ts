export const graphFormats = ["text", "mermaid", "dot", "svg"] as const;

export type GraphFormat = (typeof graphFormats)[number];

/** The format that a file's ending asks for. */
export function formatOfFile(path: string): GraphFormat | undefined {
  const ending = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  const formats: Readonly<Record<string, GraphFormat>> = {
    txt: "text",
    mmd: "mermaid",
    mermaid: "mermaid",
    dot: "dot",
    gv: "dot",
    svg: "svg",
  };
  return formats[ending];
}
