import { BeamlineError } from "beamline";

/** An image's name taken apart: `host/repository:tag@digest`. */
export interface ImageReference {
  /** With its port. */
  readonly host: string;
  readonly repository: string;
  readonly tag?: string;
  /** Wins over the tag. */
  readonly digest?: string;
}

const DOCKER_HUB = "docker.io";
const REPOSITORY =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[a-f0-9]{64}$/;

/** Reads an image's name as Docker does: without a host it is on Docker Hub. */
export function parseReference(text: string): ImageReference {
  const [name = "", digest] = text.split("@", 2);
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(0, slash));
  const isHost = first === "localhost" || /[.:]/.test(first);
  const [host, rest] = isHost ? [first, name.slice(slash + 1)] : [DOCKER_HUB, name];
  const [, path = "", tag] = /^(.*?)(?::([^/:]*))?$/.exec(rest) ?? [];
  const repository = host === DOCKER_HUB && !path.includes("/") ? `library/${path}` : path;
  if (!REPOSITORY.test(repository))
    throw bad(
      text,
      `"${path}" is no name of a repository (small letters, digits, and . _ - / between them)`,
    );
  if (tag !== undefined && !TAG.test(tag)) throw bad(text, `"${tag}" is no tag`);
  if (digest !== undefined && !DIGEST.test(digest)) throw bad(text, `"${digest}" is no digest`);
  return {
    host,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

export function formatReference({ host, repository, tag, digest }: ImageReference): string {
  const at = digest === undefined ? "" : `@${digest}`;
  return `${host}/${repository}${tag === undefined ? "" : `:${tag}`}${at}`;
}

/** What to ask the registry for: the digest, the tag, or `latest`. */
export function wanted({ tag, digest }: ImageReference): string {
  return digest ?? tag ?? "latest";
}

function bad(text: string, state: string): BeamlineError {
  return new BeamlineError(
    "BAD_IMAGE_NAME",
    `Cannot read the image name "${text}": ${state}; write host/repository:tag`,
  );
}
