import type { JobMessage } from "../job-message.js";

const KEPT_CHARACTERS = 4_000_000;

/** The last messages of a job, for when it fails. */
export class MessageLog {
  private kept: JobMessage[] = [];
  private characters = 0;

  add(message: JobMessage): void {
    this.kept.push(message);
    this.characters += message.text.length;
    while (this.characters > KEPT_CHARACTERS && this.kept.length > 1) {
      this.characters -= this.kept.shift()?.text.length ?? 0;
    }
  }

  get messages(): readonly JobMessage[] {
    return this.kept;
  }

  /** Everything that was kept, as text. */
  toString(): string {
    return this.kept
      .map(
        ({ time, level, text }) => `${time === "" ? "" : `${time} `}${level} ${text.trimEnd()}\n`,
      )
      .join("");
  }
}
