/**
 * `zstd -19` (1.5.4) of 3000 letters, which {@link madeByZstd} makes again: one compressed block with
 * Huffman and FSE tables, and a checksum.
 */
export const zstdFile: Buffer = Buffer.from(
  "KLUv/WS4Cp0cAIq7OA4G8DlJjmce4QDeAOEAgEkMSETSSaDocyyGpoP27SDJY8yAayYHs3kEjoJEg2MG2AQ4Qm1j" +
  "TYjC63zM3+uDAoQVXd9gF16yQMCxSU53JhMgY4khJttnIRnBOOtIBZNK0uegkMDKMRkWvI0NNhkjArBsRgGO/aH0" +
  "aQvH53jSRZtPwcjJhpFA4E5Q46L9lalYI53nBiRY77zkKAodRAIXiP7EAnqw/dGkvaDH3ccKYEO8CSCuBDAKYpBN" +
  "tiLlz570ALgpGgNwCQRnNQnEAPGBvgiAtBMRENpiI4m7tTDIQISLqI7DCG2A7xNkOLMmRkIQSZo8+0RlJg674K/f" +
  "OZeAfCKMJcVT5Pyp/jHJhBJ3lEPEERp4vJh0GDievgwkwAIBk++zQoWjrEaQocz36EIO+XKBHhMmk2D1vaCOh6L5" +
  "EOTqOgFpw5/kIfxi8Y6kNJgNj6ULkggLJKaDNkMSDQganbF31gn1gTpgACB4tpvWGJBGxMixtBVBhxTskdZeRniX" +
  "d2E0eaP8KJs5v3I4IjkiuQVCQMwKx+EkBYg9TopvwQDEAhz6QsPg8YCRuw9JDicfCInkTSVdAA6m0k6HoklMW0ta" +
  "2wR9ToICIZEhAlIE4S2HIRnnE3/USeVDgkfiBobOQ9RjtcCyuhYgxtRyGyOYNIgh2JEARb1PkMCYMDlAEpMUNBAc" +
  "ADKXeGlz0SRjNVP4gAr0koNBsVI4DDRkYS3mHr7YR3REDOUB9HCAr//FpxWxD8omCYFIKinEngNKl7xQ1RAwxOwo" +
  "iYA/1w0RcoadTTQlQCAgSUCxTRHdQxgY+T8ZsiYo/6cA6ZvxhoZgfDDpPNDREE5izW8+npIbJI40sEsjgLRtYhI6" +
  "aZsLlTSpgnJimlMA2UyyIJ7EoYETgDCIDpMHgoYhpRIBpCCYQ8aKJci7FWHSGMEoKBmUkisJCLH7lBi4R3Z8UqC4" +
  "/ERfKAiBACTEok+fFSzWkbXHmgyTEz+FksWYLFqFBZOdJsWOIyAHqeorknsURv/OABD0sIoM62QzRhC8gdDNIsXE" +
  "NBipBnCC+OG8d4JKSPMZ5jEKbJiUQN6sesN8hiAZMdk+f4eRcSRGDh5FvWDykKFYBXAxQP0BN4z/nOjARcbWifex" +
  "EAQAgEKQxSaSzMkhwS6CAJ6EcqhgWOksNzAvMvJEUk4D9GaYcJBKSQ5zzI+EPCUJCsng0rrgYNbiVASw9jj3w2sD" +
  "AAs5PSo=",
  "base64",
);

/** What the file holds. */
export function madeByZstd(random: () => number): Buffer {
  const letters = Array.from({ length: 3000 }, () => "abcd "[Math.floor(random() * 5)]);
  return Buffer.from(letters.join(""));
}
