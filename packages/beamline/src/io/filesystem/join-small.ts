import { canBeJoined, type InputFile, joinedFiles } from "./input-file.js";

/** Below this many files each is worth an element of its own. */
const MANY = 100;
/** Files that are joined, each and together, in bytes. */
const SMALL = 64 * 1024;
const JOINED = 256 * 1024;

/**
 * The same files, small ones together where there are many: as elements, restrictions and messages
 * between threads ten thousand files of a kilobyte would cost several times what reading them does.
 *
 * @param isAlone - Whether a file must not be joined to others.
 */
export function joinSmall(
  files: readonly InputFile[],
  isAlone: (path: string) => boolean,
): InputFile[] {
  if (files.length < MANY) return [...files];
  const joined: InputFile[] = [];
  let group: InputFile[] = [];
  let size = 0;
  const close = () => {
    const [first, ...rest] = group;
    const others = joinedFiles(rest);
    if (first !== undefined) {
      joined.push(others === undefined ? first : { ...first, joined: others });
    }
    group = [];
    size = 0;
  };
  for (const file of files) {
    if (file.size > SMALL || isAlone(file.path) || !canBeJoined(file)) {
      joined.push(file);
      continue;
    }
    if (size + file.size > JOINED) close();
    group.push(file);
    size += file.size;
  }
  close();
  return joined;
}
