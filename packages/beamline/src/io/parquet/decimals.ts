import { BeamlineError } from "../../model/errors.js";

/** Digits in all and behind the point, as DECIMAL columns have them. */
export interface DecimalSize {
  readonly precision: number;
  readonly scale: number;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** The integer that stands for a decimal: from INT32, INT64 or big-endian bytes. */
export function unscaledOf(raw: unknown): bigint {
  if (!(raw instanceof Uint8Array)) return BigInt(raw as number | bigint);
  let value = 0n;
  for (const byte of raw) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(raw.length * 8, value);
}

/** `decimalText(-1250n, 2)` is `"-12.50"`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The reverse of {@link decimalText}. Nothing is rounded: digits that do not fit are an error. */
export function unscaledFrom(value: unknown, { precision, scale }: DecimalSize): bigint {
  const [, sign, whole = "", behind = ""] =
    (typeof value === "string" ? DECIMAL.exec(value) : null) ?? [];
  if (sign === undefined) {
    throw new BeamlineError(
      "CANNOT_ENCODE",
      `it is ${JSON.stringify(value)}, not a decimal number in a string, such as "3.14"`,
    );
  }
  const needless = behind.slice(scale).replaceAll("0", "");
  const digits = BigInt(whole + behind.slice(0, scale).padEnd(scale, "0"));
  if (needless !== "" || digits.toString().length > precision) {
    throw new BeamlineError(
      "OUT_OF_RANGE",
      `${value} has more digits than DECIMAL(${precision}, ${scale}); round it, or give the column its size with the option "decimals"`,
    );
  }
  return sign === "-" ? -digits : digits;
}
