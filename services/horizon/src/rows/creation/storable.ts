import {
  type Column,
  type EntityMetadata,
  type GroupMetadata,
  RowError,
  type RowErrorCode,
} from "@ofs/rows";

/** Largest value in the registry; etcd takes requests of 1.5 MiB. */
const VALUE_SIZE_BYTES_MAX = 1_048_576;
/** As the metastore's columns are. */
const TAG_LENGTH_MAX = 200;
const DESCRIPTION_SIZE_BYTES_MAX = 65_535;

/**
 * Refuses what the metastore or the registry cannot hold.
 *
 * @throws {RowError} with the code, naming the field
 */
export function assertStorable(
  metadata: EntityMetadata | GroupMetadata,
  columns: readonly Column[],
  code: RowErrorCode,
): void {
  const refuse = (cause: string): never => {
    throw RowError.of(code, { cause });
  };
  for (const { tags, description, name } of [metadata, ...columns]) {
    const long = tags.find((tag) => tag.length > TAG_LENGTH_MAX);
    if (long !== undefined) {
      refuse(`tags of ${name}: one has ${long.length} characters, ${TAG_LENGTH_MAX} at most`);
    }
    const descriptionBytes = Buffer.byteLength(description);
    if (descriptionBytes > DESCRIPTION_SIZE_BYTES_MAX) {
      refuse(
        `description of ${name} has ${descriptionBytes} bytes, ${DESCRIPTION_SIZE_BYTES_MAX} at most`,
      );
    }
  }
  const sizeBytes = Buffer.byteLength(JSON.stringify(metadata));
  if (sizeBytes > VALUE_SIZE_BYTES_MAX) {
    refuse(`${metadata.name} has ${sizeBytes} bytes as JSON, ${VALUE_SIZE_BYTES_MAX} at most`);
  }
}
