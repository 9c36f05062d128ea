import {
  type ConsumerMetadata,
  catalogPaths,
  type EntityMetadata,
  type GroupMetadata,
  type GroupVersion,
  type PopulatorMetadata,
} from "@ofs/rows";

/** An entry of the row dialect's registry: path relative to its root, and value. */
export interface RowEntry {
  readonly path: string;
  readonly value: Uint8Array;
}

/*
 * Objects as entries of the registry: paths with percent-encoded names, values as JSON in the shapes of the API. They are
 * read by RowTree.
 */

export function encodeEntity(entity: EntityMetadata): RowEntry {
  return { path: catalogPaths.entity(entity.name), value: encode(entity) };
}

export function encodeGroup(group: GroupMetadata): RowEntry {
  return { path: catalogPaths.group(group.name, group.version), value: encode(group) };
}

export function encodeGroupVersion(version: GroupVersion): RowEntry {
  return { path: catalogPaths.version(version.name), value: encode(version) };
}

export function encodeConsumer(consumer: ConsumerMetadata): RowEntry {
  return { path: catalogPaths.consumer(consumer.tenantName), value: encode(consumer) };
}

export function encodePopulator(populator: PopulatorMetadata): RowEntry {
  return { path: catalogPaths.populator(populator.tenantName), value: encode(populator) };
}

function encode(object: object): Uint8Array {
  return Buffer.from(JSON.stringify(object));
}
