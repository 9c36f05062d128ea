import {
  type ConsumerMetadata,
  catalogPaths,
  DefinitionFault,
  type EntityMetadata,
  type GroupMetadata,
  type GroupVersion,
  JsonSyntaxError,
  type JsonValue,
  type PopulatorMetadata,
  parseConsumerMetadata,
  parseEntityMetadata,
  parseGroupMetadata,
  parseGroupVersion,
  parseJson,
  parsePopulatorMetadata,
} from "@ofs/rows";

/** What an entry of the tree says. */
export type RowNode =
  | { readonly kind: "entity"; readonly object: EntityMetadata }
  | { readonly kind: "group"; readonly object: GroupMetadata }
  | { readonly kind: "version"; readonly object: GroupVersion }
  | { readonly kind: "consumer"; readonly object: ConsumerMetadata }
  | { readonly kind: "populator"; readonly object: PopulatorMetadata }
  | { readonly kind: "fault"; readonly reason: string }
  /** It belongs to none of the known folders. */
  | { readonly kind: "unknown" };

interface Reading {
  readonly node: RowNode;
  /** Where an object of this name belongs. */
  readonly path: string;
}

type Reader = (json: JsonValue) => Reading;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    "entities",
    (json) => {
      const object = parseEntityMetadata(json);
      return { node: { kind: "entity", object }, path: catalogPaths.entity(object.name) };
    },
  ],
  [
    "feature-groups",
    (json) => {
      const object = parseGroupMetadata(json);
      const path = catalogPaths.group(object.name, object.version);
      return { node: { kind: "group", object }, path };
    },
  ],
  [
    "versions",
    (json) => {
      const object = parseGroupVersion(json);
      return { node: { kind: "version", object }, path: catalogPaths.version(object.name) };
    },
  ],
  [
    "consumers",
    (json) => {
      const object = parseConsumerMetadata(json);
      return { node: { kind: "consumer", object }, path: catalogPaths.consumer(object.tenantName) };
    },
  ],
  [
    "populators",
    (json) => {
      const object = parsePopulatorMetadata(json);
      const path = catalogPaths.populator(object.tenantName);
      return { node: { kind: "populator", object }, path };
    },
  ],
]);

/** Reads one entry. Never throws for what stands in it. */
export function readRowNode(path: string, value: Uint8Array): RowNode {
  const read = READERS.get(path.slice(0, path.indexOf("/")));
  if (read === undefined) return { kind: "unknown" };
  try {
    const reading = read(parseJson(value));
    if (reading.path === path) return reading.node;
    return { kind: "fault", reason: `its value belongs at ${reading.path}` };
  } catch (error) {
    return { kind: "fault", reason: faultOf(error) };
  }
}

/** @throws what is no fault of the entry */
function faultOf(error: unknown): string {
  const isFault =
    error instanceof DefinitionFault ||
    error instanceof JsonSyntaxError ||
    // A name that cannot be a part of a path.
    error instanceof URIError;
  if (!isFault) throw error;
  return error.message;
}
