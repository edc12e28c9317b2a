import { viewOf } from "../../bytes/view-of.js";
import type { Tokens } from "../../fn/user-fn.js";
import { specialise } from "../../model/specialise.js";
import type { StepMetrics } from "../step-metrics.js";
import type { ReceiveText } from "./text-ports.js";
import { BETWEEN, tokenClassesOf, WITHIN } from "./token-classes.js";

/** Bytes that are looked at together: as many as an integer has bits. */
const STRIDE = 32;

/**
 * Finds the tokens of texts in their bytes, and hands them on as bytes; undefined where the pattern
 * is more than a set of characters.
 */
export function tokenScanner(
  tokens: Tokens,
  metrics: Pick<StepMetrics, "elements">,
  next: ReceiveText,
): ReceiveText | undefined {
  const classes = tokenClassesOf(tokens);
  if (classes === undefined) return undefined;
  const rest = specialise<ReceiveText>({ next, ...classes }, BY_CHARACTER);
  const bits = classes.classes.map((kind) => (kind === WITHIN ? 1 : 0));
  return specialise<ReceiveText>({ metrics, next, rest, bits, viewOf }, BY_STRIDE);
}

const LOOKUPS = Array.from({ length: STRIDE }, (_, i) => `bits[bytes[at + ${i}]] << ${i}`);
const FOURS = Array.from({ length: STRIDE / 4 }, (_, i) => `view.getInt32(at + ${4 * i}, true)`);

// Makes a bit of each byte, and goes from one edge between bits to the next: a processor that jumps
// at each byte by what it is guesses wrong twice a word, which takes as long as the word itself. The
// last bytes of a text are looked at with those before them, whatever these are.
const BY_STRIDE = `(() => {
  let known;
  let view;
  return (bytes, start, end, meta) => {
    metrics.elements++;
    if (end < ${STRIDE}) { rest(bytes, start, end, meta); return; }
    if (bytes !== known) { known = bytes; view = viewOf(bytes); }
    let from = start;
    let inside = 0;
    for (let begin = start; begin < end; begin += ${STRIDE}) {
      const at = begin + ${STRIDE} > end ? end - ${STRIDE} : begin;
      if (((${FOURS.join(" | ")}) & 0x80808080) !== 0) {
        rest(bytes, inside === 1 ? from : begin, end, meta);
        return;
      }
      const word = (${LOOKUPS.join(" | ")}) >>> (begin - at);
      let edges = word ^ ((word << 1) | inside);
      while (edges !== 0) {
        const edge = begin + 31 - Math.clz32(edges & -edges);
        edges &= edges - 1;
        if (inside === 1) { next(bytes, from, edge, meta); inside = 0; }
        else { from = edge; inside = 1; }
      }
    }
    if (inside === 1) next(bytes, from, end, meta);
  };
})()`;

// Where there are characters of several bytes.
const BY_CHARACTER = `(bytes, start, end, meta) => {
  let at = start;
  for (;;) {
    for (; at < end; at++) {
      const kind = classes[bytes[at]];
      if (kind === ${BETWEEN}) continue;
      if (kind === ${WITHIN}) break;
      const character = wide(bytes, at);
      if ((character & 1) === 1) break;
      at += (character >> 1) - 1;
    }
    if (at >= end) return;
    const from = at;
    for (; at < end; at++) {
      const kind = classes[bytes[at]];
      if (kind === ${WITHIN}) continue;
      if (kind === ${BETWEEN}) break;
      const character = wide(bytes, at);
      if ((character & 1) === 0) break;
      at += (character >> 1) - 1;
    }
    next(bytes, from, at, meta);
  }
}`;
