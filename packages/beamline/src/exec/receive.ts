import type { ElementMeta } from "../model/element-meta.js";

/** How one step hands an element to the next: a plain call. */
export type Receive = (value: unknown, meta: ElementMeta) => void;
