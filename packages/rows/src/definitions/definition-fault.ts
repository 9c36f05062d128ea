/** JSON that does not have the form of what is read from it. Its message names the member, and what it holds instead. */
export class DefinitionFault extends Error {
  override readonly name = "DefinitionFault";
  /** A member that must be there is not; otherwise one has a value that it cannot have. */
  readonly isMissing: boolean;

  constructor(message: string, isMissing = false) {
    super(message);
    this.isMissing = isMissing;
  }
}
