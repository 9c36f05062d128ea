/** Places of objects in the registry's tree, relative to its root. Names are percent-encoded. */
export const catalogPaths = {
  entity: (name: string): string => join("entities", name),
  group: (name: string, version: string): string => join("feature-groups", name, version),
  version: (name: string): string => join("versions", name),
  consumer: (tenant: string): string => join("consumers", tenant),
  populator: (tenant: string): string => join("populators", tenant),
} as const;

/** @throws {URIError} for a name with half a surrogate pair */
function join(folder: string, ...names: readonly string[]): string {
  return [folder, ...names.map(encodeURIComponent)].join("/");
}
