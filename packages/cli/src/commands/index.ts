import type { Command } from "../command/command.js";
import { graphCommand } from "./graph.js";
import { runCommand } from "./run.js";

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [runCommand, graphCommand];
