/** The same bytes as a view that reads and writes numbers of several bytes anywhere. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
