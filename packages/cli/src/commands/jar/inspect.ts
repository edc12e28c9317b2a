import { resolve } from "node:path";
import { definePlainCommand } from "../../command/command.js";
import { exitCodes } from "../../command/exit-code.js";

export const jarInspectCommand = definePlainCommand({
  name: "jar inspect",
  summary: "Show what an executable jar holds",
  description:
    "Reads an executable jar, whichever SDK made it, and shows its main class, its pipelines' options, how their workers start, and the files that travel with them.",
  arguments: [{ name: "JAR", summary: "the jar to read" }],
  flags: {},
  examples: [
    { line: "beamline jar inspect wordcount.jar", does: "Show it" },
    { line: "beamline jar inspect wordcount.jar --json", does: "As JSON, the pipeline included" },
  ],
  async run({ arguments: [jar = ""], cli, terminal }) {
    const { readExecutableJar } = await import("beamline/jar");
    const contents = await readExecutableJar(resolve(cli.cwd, jar));
    if (terminal.json) terminal.document(contents);
    else {
      const { jarLines } = await import("../../remote/jar-lines.js");
      terminal.data(jarLines(contents, terminal.dataStyle).join("\n"));
    }
    return exitCodes.done.code;
  },
});
