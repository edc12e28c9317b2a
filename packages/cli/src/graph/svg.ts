import { dotText } from "./dot.js";
import type { GraphView } from "./graph-view.js";
import { canvas, palette } from "./palette.js";

/** A drawing laid out by Graphviz; it follows the reader's light or dark theme. */
export async function svgText(view: GraphView): Promise<string> {
  const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
  const graphviz = await Graphviz.load();
  const svg = graphviz.dot(dotText(view));
  const start = svg.indexOf("<svg");
  return svg
    .slice(start)
    .replace(/<!--[\s\S]*?-->\n?/g, "")
    .replace(/(<svg[^>]*>)/, `$1\n<style>${lightStyle()}${darkStyle()}</style>`)
    .trimEnd();
}

/** A step's second line, its kind, is small; arrows' labels keep clear of the arrows. */
function lightStyle(): string {
  const { background } = canvas.light;
  return `.node text+text{font-size:9.5px;opacity:.75}.edge text{paint-order:stroke;stroke:${background};stroke-width:3px;stroke-opacity:.8}`;
}

/** Rules for dark themes; the light colours are in the drawing itself. */
function darkStyle(): string {
  const { background, box, border, text, faint } = canvas.dark;
  const steps = Object.entries(palette).map(
    ([kind, { dark }]) =>
      `.${kind} path{fill:${dark.fill};stroke:${dark.stroke}}.${kind} text{fill:${dark.text}}`,
  );
  const rules = [
    `.graph>polygon{fill:${background}}`,
    `.composite path{fill:${box};stroke:${border}}.composite text{fill:${text}}`,
    `.edge path{stroke:${faint}}.edge polygon{fill:${faint};stroke:${faint}}.edge text{fill:${faint};stroke:${background}}`,
    ...steps,
  ];
  return `@media (prefers-color-scheme:dark){${rules.join("")}}`;
}
