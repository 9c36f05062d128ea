/** JSON that is no definition of an object. Its message names the member. */
export class DefinitionFault extends Error {
  override readonly name = "DefinitionFault";
  /** A member that must be there is not; otherwise one has a value that it cannot have. */
  readonly isMissing: boolean;

  constructor(message: string, isMissing = false) {
    super(message);
    this.isMissing = isMissing;
  }
}
