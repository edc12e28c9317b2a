/** One thing in a layer; paths begin with a slash and are those in the container. */
export type LayerEntry =
  | {
      readonly kind: "file";
      readonly path: string;
      /** Permissions, such as 0o755. */
      readonly mode: number;
      readonly content: { readonly file: string } | { readonly bytes: Uint8Array };
      readonly owner?: number;
    }
  | {
      readonly kind: "folder";
      readonly path: string;
      readonly mode: number;
      readonly owner?: number;
    }
  /** A symbolic link. */
  | { readonly kind: "link"; readonly path: string; readonly target: string };
