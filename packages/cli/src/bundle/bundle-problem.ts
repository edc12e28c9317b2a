import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import type { Message } from "esbuild";
import { nearest } from "../text/nearest.js";
import type { BundleProblem } from "./bundle-error.js";
import { isBare, packageName } from "./package-of.js";

/** What can be bundled as a pipeline file. */
export const CODE_FILE = /\.([cm]?[jt]s|[jt]sx)$/;

/** One complaint of esbuild, with what mends it. */
export function problemOf(message: Message, workingFolder: string): BundleProblem {
  const { text, location } = message;
  const unresolved = /^Could not resolve "(.*)"/.exec(text)?.[1];
  const file = location === null ? undefined : resolve(workingFolder, location.file);
  const hint = hintOf(message, unresolved, file);
  return {
    message:
      unresolved === undefined ? (missingExport(text) ?? text) : `"${unresolved}" is not found`,
    ...(location === null || file === undefined
      ? {}
      : {
          at: {
            file,
            line: location.line,
            column: location.column + 1,
            length: Math.max(1, location.length),
          },
        }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** A module and the name that it does not export. */
const MISSING_EXPORT = /^No matching export in "(?:[^"]*:)?(.*)" for import "(.*)"$/;

function missingExport(text: string): string | undefined {
  const [, path, name] = MISSING_EXPORT.exec(text) ?? [];
  if (path === undefined) return undefined;
  const inside = path.split(/(?:^|[\\/])node_modules[\\/]/).at(-1) ?? path;
  const module = inside === path ? path : packageName(inside.replaceAll("\\", "/"));
  return `"${module}" has no export "${name}"`;
}

function hintOf(
  { text, detail, notes }: Message,
  unresolved: string | undefined,
  importer: string | undefined,
): string | undefined {
  const given = (detail as { readonly hint?: unknown } | undefined)?.hint;
  if (typeof given === "string") return given;
  const near = notes.map(
    (note) => /^Did you mean to import "(.*)" instead\?$/.exec(note.text)?.[1],
  );
  const meant = near.find((name) => name !== undefined);
  if (meant !== undefined) return `did you mean ${meant}?`;
  if (unresolved !== undefined) {
    if (isBare(unresolved)) return `npm install ${packageName(unresolved)}`;
    return importer === undefined
      ? undefined
      : nearestFileHint(resolve(dirname(importer), unresolved));
  }
  if (text.startsWith("No loader is configured")) {
    return 'only code and JSON can be imported; read it with readFile(new URL("./file", import.meta.url))';
  }
  return undefined;
}

/** Which files there are instead of one that is missing. */
export function nearestFileHint(missing: string): string | undefined {
  const folder = dirname(missing);
  if (!existsSync(folder)) return `there is no folder ${folder}`;
  const names = readdirSync(folder).filter((name) => CODE_FILE.test(name));
  const wanted = basename(missing);
  const stem = basename(wanted, extname(wanted));
  const near =
    names.find((name) => basename(name, extname(name)) === stem) ?? nearest(wanted, names);
  if (near !== undefined) return `did you mean ${near}?`;
  return `its folder has ${listOf(names)}`;
}

/** The code files in a folder, for people. */
export function codeFilesIn(folder: string): string {
  return listOf(readdirSync(folder).filter((name) => CODE_FILE.test(name)));
}

function listOf(names: readonly string[]): string {
  if (names.length === 0) return "no TypeScript or JavaScript files";
  return `${names.slice(0, 5).join(", ")}${names.length > 5 ? " and others" : ""}`;
}
