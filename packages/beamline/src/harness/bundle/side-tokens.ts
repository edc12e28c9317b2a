/** The runner's cache tokens for side inputs, as base64, by {@link sideTokenId}. */
export type SideTokens = Readonly<Record<string, string>>;

/** Names a side input of a transform among all of a stage. */
export function sideTokenId(transform: string, sideInput: string): string {
  return `${transform}\0${sideInput}`;
}
