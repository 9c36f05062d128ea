/** Why an object of the registry cannot be served. */
export class CatalogProblem extends Error {
  override readonly name = "CatalogProblem";
}
