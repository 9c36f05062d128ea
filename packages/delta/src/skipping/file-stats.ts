/** Statistics of a file as the log has them, read when they are first asked for. */
export class FileStats {
  /** JSON text of the log. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
