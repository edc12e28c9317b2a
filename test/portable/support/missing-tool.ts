/** Something that a test needs is not on this machine, and could not be fetched. */
export class MissingTool extends Error {
  override readonly name = "MissingTool";
}

/** Runs a step of the set-up; what it throws is a {@link MissingTool}. */
export async function needing<T>(step: () => Promise<T> | T): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    throw new MissingTool(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
