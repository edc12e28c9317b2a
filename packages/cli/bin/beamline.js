#!/usr/bin/env node
import module from "node:module";
import v8 from "node:v8";

if (module.enableCompileCache === undefined) {
  // Functions are optimized once they have run four times as long as usual: most of a short command
  // are about to end by then, and making machine code of them took a third of its processor time.
  v8.setFlagsFromString("--interrupt-budget=270336");
} else {
  // Node 22.8 and newer keep compiled code between runs, which threads find by the variable, and
  // have a cheaper first optimization.
  const { directory } = module.enableCompileCache();
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;
}
const { runProcess } = await import("../dist/program/process.js");
await runProcess();
