/** What a bundle is for, and so what is inside it. */
export interface BundleProfile {
  readonly name: string;
  /**
   * `linked`: for this machine. The library is imported from where it is installed, and
   * `import.meta.url` and `__dirname` mean the source file.
   *
   * `inside`: to be sent elsewhere. Nothing but Node is imported (and native addons, by their package
   * name), and no path of this machine is in it.
   */
  readonly dependencies: "linked" | "inside";
  /** Packages that the library can do without where the bundle goes: what it has of its own is used. */
  readonly without?: readonly string[];
}

/** For a run on this machine: it shares the one copy of the library with the command itself. */
export const localProfile: BundleProfile = { name: "local", dependencies: "linked" };

/**
 * For workers on other machines. A function may be renamed where two modules use one name, and
 * transforms are named after functions: build the graph to submit from this bundle, not from a local
 * one, so that names agree.
 */
export const workerProfile: BundleProfile = { name: "worker", dependencies: "inside" };

/** For workers in our images: Node packs zstd by itself from 22.15 on, and they have a later one. */
export const imageProfile: BundleProfile = {
  name: "image",
  dependencies: "inside",
  without: ["@hpcc-js/wasm-zstd", "fzstd"],
};
