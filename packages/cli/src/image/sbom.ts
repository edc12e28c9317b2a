import { createHash } from "node:crypto";
import { formatReference } from "./oci/reference.js";
import type { ImagePlan, SoftwarePackage } from "./plan-image.js";

export const SBOM_TYPE = "application/spdx+json";

/**
 * The image's bill of materials as SPDX 2.3 JSON: what we put on the base, and the base itself by
 * its digest. It has no time of its own, so the same image gives the same document.
 */
export function sbomOf(plan: ImagePlan, image: SbomSubject): string {
  const { base, target } = plan;
  const packages = [
    {
      SPDXID: "SPDXRef-Image",
      name: formatReference({ host: target.host, repository: target.repository }),
      versionInfo: image.digest,
      downloadLocation: "NOASSERTION",
      filesAnalyzed: false,
      checksums: [checksum(image.digest)],
      primaryPackagePurpose: "CONTAINER",
    },
    {
      SPDXID: "SPDXRef-Base",
      name: formatReference(base),
      versionInfo: image.baseDigest,
      downloadLocation: "NOASSERTION",
      filesAnalyzed: false,
      checksums: [checksum(image.baseDigest)],
      primaryPackagePurpose: "CONTAINER",
    },
    ...unique(plan.packages).map(({ name, version, purl }) => ({
      SPDXID: idOf({ name, version }),
      name,
      versionInfo: version,
      downloadLocation: "NOASSERTION",
      filesAnalyzed: false,
      externalRefs: [
        { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl },
      ],
    })),
  ];
  const relationships = [
    { from: "SPDXRef-DOCUMENT", type: "DESCRIBES", to: "SPDXRef-Image" },
    { from: "SPDXRef-Image", type: "DESCENDANT_OF", to: "SPDXRef-Base" },
    ...packages
      .slice(2)
      .map(({ SPDXID }) => ({ from: "SPDXRef-Image", type: "CONTAINS", to: SPDXID })),
  ];
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `${target.repository}@${image.digest}`,
    documentNamespace: `https://beamline.dev/spdx/${image.digest.replace(":", "/")}`,
    creationInfo: { created: image.created, creators: ["Tool: beamline"] },
    packages,
    relationships: relationships.map(({ from, type, to }) => ({
      spdxElementId: from,
      relationshipType: type,
      relatedSpdxElement: to,
    })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

export interface SbomSubject {
  readonly digest: string;
  readonly baseDigest: string;
  /** When the base was made, as SPDX wants it: to the second, in UTC. */
  readonly created: string;
}

function checksum(digest: string) {
  return { algorithm: "SHA256", checksumValue: digest.replace(/^sha256:/, "") };
}

/** Letters, digits, dots and hyphens are all that SPDX takes. */
function idOf({ name, version }: Pick<SoftwarePackage, "name" | "version">): string {
  const id = createHash("sha256").update(`${name}@${version}`).digest("hex").slice(0, 16);
  return `SPDXRef-Package-${id}`;
}

function unique(packages: readonly SoftwarePackage[]): SoftwarePackage[] {
  const byPurl = new Map(packages.map((each) => [each.purl, each]));
  return [...byPurl.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}
