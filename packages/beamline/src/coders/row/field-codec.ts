import type { Coder } from "../coder.js";

/** How the values of a field are encoded where they are not null. */
export type FieldCoder = Pick<Coder<unknown>, "deterministic" | "encode" | "decode">;
