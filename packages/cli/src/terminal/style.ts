export type Paint = (text: string) => string;

/** Colours by meaning. Every paint is the identity where colours are off. */
export interface Style {
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly accent: Paint;
}

const paint =
  (open: number, close: number): Paint =>
  (text) =>
    `\u001b[${open}m${text}\u001b[${close}m`;

const identity: Paint = (text) => text;

export const colourful: Style = {
  strong: paint(1, 22),
  faint: paint(2, 22),
  good: paint(32, 39),
  bad: paint(31, 39),
  warn: paint(33, 39),
  accent: paint(36, 39),
};

export const plain: Style = {
  strong: identity,
  faint: identity,
  good: identity,
  bad: identity,
  warn: identity,
  accent: identity,
};

/**
 * Colours or none: `--color` and `--no-color` decide, then NO_COLOR and FORCE_COLOR, then whether
 * the stream is a terminal.
 */
export function chooseStyle(
  flag: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): Style {
  if (flag !== undefined) return flag ? colourful : plain;
  if (isSet(env.NO_COLOR)) return plain;
  if (isSet(env.FORCE_COLOR)) return env.FORCE_COLOR === "0" ? plain : colourful;
  return isTerminal && env.TERM !== "dumb" ? colourful : plain;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
