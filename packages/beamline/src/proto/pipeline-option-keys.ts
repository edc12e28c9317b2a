const PREFIX = "beam:option:";
const SUFFIX = ":v1";

/** The key of an option in a `pipeline_options` Struct: `jobName` is `beam:option:job_name:v1`. */
export function pipelineOptionKey(name: string): string {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `${PREFIX}${snake}${SUFFIX}`;
}

/**
 * The option that a key names, in camel case; undefined when the key is not of Beam's form, which
 * some runners use for options of their own.
 */
export function pipelineOptionName(key: string): string | undefined {
  if (!key.startsWith(PREFIX) || !key.endsWith(SUFFIX)) return undefined;
  const snake = key.slice(PREFIX.length, -SUFFIX.length);
  return snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
