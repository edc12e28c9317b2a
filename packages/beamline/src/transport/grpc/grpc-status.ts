import { type CallStatus, STATUS_NAMES, type StatusName } from "../transport-error.js";

/** Java's gRPC refuses headers beyond 8 KiB, of which details are one. */
const MAX_ENCODED_DETAILS = 6000;

export function statusFromGrpc(code: number, details: string): CallStatus {
  return { status: STATUS_NAMES[code] ?? "unknown", details };
}

export function grpcCode(status: StatusName): number {
  return STATUS_NAMES.indexOf(status);
}

/** Details that fit into a header and are well-formed: cut where they are too long. */
export function fitDetails(details: string): string {
  const wellFormed = Buffer.from(details).toString();
  if (encodeURI(wellFormed).length <= MAX_ENCODED_DETAILS) return wellFormed;
  let length = Math.min(wellFormed.length, MAX_ENCODED_DETAILS);
  while (length > 0) {
    const cut = `${Buffer.from(wellFormed.slice(0, length)).toString()}...`;
    if (encodeURI(cut).length <= MAX_ENCODED_DETAILS) return cut;
    length = Math.floor(length * 0.9);
  }
  return "";
}
