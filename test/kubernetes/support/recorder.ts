/** What a command prints, kept; it is no terminal. */
export class Recorder {
  text = "";
  readonly isTerminal = false;
  readonly columns = 100;

  write(text: string): void {
    this.text += text;
  }
}
