/** What a function sees of a side input's window: plain data, checked where it is applied. */
export type View =
  /** Exactly one element, or none where there is a default. */
  | { readonly kind: "singleton"; readonly default?: { readonly value: unknown } }
  | { readonly kind: "iterable" }
  | { readonly kind: "list" }
  /** Of `[K, V]` elements with distinct keys. */
  | { readonly kind: "map" }
  | { readonly kind: "multimap" };

/** A PCollection that a function reads beside its elements, window by window. */
export interface SideInput {
  /** Its id. */
  readonly pcollection: string;
  readonly view: View;
}

/** How a runner has to offer the data: as one list, or by key (`beam:side_input:{iterable,multimap}:v1`). */
export function accessPatternOf(view: View): "iterable" | "multimap" {
  return view.kind === "map" || view.kind === "multimap" ? "multimap" : "iterable";
}
