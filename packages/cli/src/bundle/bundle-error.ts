/** A place in a source file. Lines and columns count from 1. */
export interface SourcePlace {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters that are meant; at least 1. */
  readonly length?: number;
}

export interface BundleProblem {
  readonly message: string;
  readonly at?: SourcePlace;
  readonly hint?: string;
}

/** A pipeline file does not make a bundle. Carries everything that esbuild complained about. */
export class BundleError extends Error {
  override readonly name = "BundleError";
  /** Absolute. */
  readonly file: string;
  readonly problems: readonly BundleProblem[];

  constructor(file: string, problems: readonly BundleProblem[]) {
    super(`Cannot load ${file}`);
    this.file = file;
    this.problems = problems;
  }
}
