/**
 * Where another thread or process finds the functions of a pipeline: a module that it imports, the
 * export that holds the definition, and the options to build it with. Functions never travel.
 */
export interface CodeReference {
  /** `file:` URL of an ES module that imports on its own: a bundle. */
  readonly url: string;
  /** Default: `default`. */
  readonly exportName?: string;
  /** The options as they were given to `toGraph`, before the schema parsed them. */
  readonly options: Readonly<Record<string, unknown>>;
}
