import {
  type ConsumerMetadata,
  catalogPaths,
  type EntityMetadata,
  type GroupMetadata,
  type GroupVersion,
  type PopulatorMetadata,
  RowError,
  type RowErrorCode,
} from "@ofs/rows";

/** Largest value in the registry; etcd takes requests of 1.5 MiB. */
export const VALUE_SIZE_BYTES_MAX = 1_048_576;

/** A value of the registry's tree. The path is relative to `registry/`. */
export interface Leaf {
  readonly path: string;
  readonly value: Uint8Array;
}

/** What belongs together: it is written in one transaction where it fits, the last leaf last. */
export type LeafGroup = readonly Leaf[];

export function entityLeaf(entity: EntityMetadata): Leaf {
  return leaf(catalogPaths.entity(entity.name), entity);
}

/** The versions of one feature group; the latest version's number is last, so nobody looks for what is not there yet. */
export function groupLeaves(
  groups: readonly GroupMetadata[],
  version: GroupVersion | undefined,
): LeafGroup {
  const leaves = groups.map((group) => leaf(catalogPaths.group(group.name, group.version), group));
  if (version !== undefined) leaves.push(leaf(catalogPaths.version(version.name), version));
  return leaves;
}

export function consumerLeaf(consumer: ConsumerMetadata): Leaf {
  return leaf(catalogPaths.consumer(consumer.tenantName), consumer);
}

export function populatorLeaf(populator: PopulatorMetadata): Leaf {
  return leaf(catalogPaths.populator(populator.tenantName), populator);
}

/** @throws {RowError} of this code for what is too large to be published */
export function assertPublishable(
  metadata: EntityMetadata | GroupMetadata,
  code: RowErrorCode,
): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(metadata));
  if (sizeBytes <= VALUE_SIZE_BYTES_MAX) return;
  const cause = `${metadata.name} has ${sizeBytes} bytes as JSON, ${VALUE_SIZE_BYTES_MAX} at most`;
  throw RowError.of(code, { cause });
}

function leaf(path: string, value: object): Leaf {
  return { path, value: Buffer.from(JSON.stringify(value)) };
}
