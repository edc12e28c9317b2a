/** The kinds of documents and layers in registries: OCI's, and Docker's older names of them. */
export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  gzipLayer: "application/vnd.oci.image.layer.v1.tar+gzip",
  empty: "application/vnd.oci.empty.v1+json",
} as const;

const DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

export const manifestTypes: readonly string[] = [
  mediaTypes.index,
  mediaTypes.manifest,
  DOCKER_INDEX,
  DOCKER_MANIFEST,
];

export function isIndex(mediaType: string): boolean {
  return mediaType === mediaTypes.index || mediaType === DOCKER_INDEX;
}

/** Docker's layers are OCI's by another name. */
export function ociLayerType(mediaType: string): string {
  switch (mediaType) {
    case "application/vnd.docker.image.rootfs.diff.tar.gzip":
      return mediaTypes.gzipLayer;
    case "application/vnd.docker.image.rootfs.diff.tar":
      return mediaTypes.layer;
    default:
      return mediaType;
  }
}
