/** Text that is not JSON. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  /** Where it ceases to be JSON: UTF-16 units from the start. */
  readonly position: number;

  constructor(reason: string, position: number) {
    super(`not JSON: ${reason} at position ${position}`);
    this.position = position;
  }
}
