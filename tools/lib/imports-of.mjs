import { parseSync, Visitor } from "oxc-parser";

/**
 * One import of a module: static, re-export, `import("x")` or the type `import("x").T`.
 * @typedef {{ specifier: string, line: number, column: number }} Import
 */

/**
 * The imports of a TypeScript source in the order in which they stand, type-only ones included.
 * Throws when the source does not parse.
 * @param {string} file its name; the ending picks the dialect
 * @param {string} source
 * @returns {Import[]}
 */
export function importsOf(file, source) {
  const { program, module, errors } = parseSync(file, source);
  const [error] = errors;
  if (error !== undefined) {
    throw new Error(`Cannot parse ${file}: ${error.message}; fix the syntax error`);
  }
  /** @type {{ specifier: string, at: number }[]} */
  const found = [];
  for (const statement of module.staticImports) {
    found.push({ specifier: statement.moduleRequest.value, at: statement.start });
  }
  for (const statement of module.staticExports) {
    const request = statement.entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    if (request) found.push({ specifier: request.value, at: statement.start });
  }
  new Visitor({
    ImportExpression(node) {
      if (node.source.type === "Literal" && typeof node.source.value === "string") {
        found.push({ specifier: node.source.value, at: node.start });
      }
    },
    TSImportType(node) {
      found.push({ specifier: node.source.value, at: node.start });
    },
  }).visit(program);
  found.sort((a, b) => a.at - b.at);
  return found.map(({ specifier, at }) => ({ specifier, ...placeOf(source, at) }));
}

/**
 * @param {string} source
 * @param {number} at
 */
function placeOf(source, at) {
  const before = source.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}
