/**
 * What is read off a zod schema: its definition, and the type of what it parses to. A shape rather
 * than an import, so that nobody needs zod who has no schemas.
 */
export interface ZodLike<T = unknown> {
  readonly _zod: {
    readonly def: { readonly type: string };
    readonly output: T;
  };
  /** Metadata given with `.meta()`. */
  meta?(): Readonly<Record<string, unknown>> | undefined;
}

/** The definition of a schema. */
export function defOf({ _zod: { def } }: ZodLike): ZodDef {
  return def;
}

/** The parts of zod's definitions that have a meaning for rows. */
export interface ZodDef {
  readonly type: string;
  readonly shape?: Readonly<Record<string, ZodLike>>;
  readonly element?: ZodLike;
  readonly innerType?: ZodLike;
  readonly keyType?: ZodLike;
  readonly valueType?: ZodLike;
  readonly format?: string;
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly format?: string } } }[];
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly values?: readonly unknown[];
}
