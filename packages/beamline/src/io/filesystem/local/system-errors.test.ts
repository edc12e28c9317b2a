import { expect, test } from "vitest";
import { BeamlineError } from "../../../model/errors.js";
import { fileError, fileErrorOf } from "./system-errors.js";

test.each([
  ["ENOENT", "FILE_NOT_FOUND"],
  ["EACCES", "PERMISSION_DENIED"],
  ["EPERM", "PERMISSION_DENIED"],
  ["EISDIR", "IS_A_DIRECTORY"],
  ["ENOTDIR", "NOT_A_DIRECTORY"],
  ["EROFS", "READ_ONLY_FILE_SYSTEM"],
  ["ENOSPC", "DISK_FULL"],
  ["EDQUOT", "DISK_FULL"],
  ["EMFILE", "TOO_MANY_OPEN_FILES"],
  ["ENFILE", "TOO_MANY_OPEN_FILES"],
  ["EIO", "FILE_FAILED"],
])("fileErrorOf says %s as %s, with path and next step", (name, code) => {
  const error = fileErrorOf(name, "write", "/out/a");
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^Cannot write "\/out\/a": .+; .+/);
});

test("fileError keeps what is no error of the system", () => {
  const ours = new BeamlineError("FILE_SHRANK", "Cannot read: it shrank; try again");
  expect(fileError("read", "/a", ours)).toBe(ours);
  expect(fileError("read", "/a", "text")).toBe("text");
});

test("fileError keeps the cause", () => {
  const cause = Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
  expect(fileError("write", "/a", cause)).toMatchObject({ code: "DISK_FULL", cause });
});
