import { DeltaError } from "../errors.ts";
import type { ProtocolAction } from "./actions.ts";

const READER_VERSION_MAX = 3;
/** From which on the features are listed. */
const FEATURES_VERSION = 3;

/** Features that change how a table is read, and that this reader knows. */
export const READER_FEATURES: ReadonlySet<string> = new Set([
  "columnMapping",
  "deletionVectors",
  "timestampNtz",
  "typeWidening",
  // Spark 3.5 writes this one; in files, it is the same.
  "typeWidening-preview",
  "v2Checkpoint",
  "vacuumProtocolCheck",
]);

/** @throws {DeltaError} UNIMPLEMENTED with the names of what is not known */
export function requireReadable(protocol: ProtocolAction, location: string): void {
  const { minReaderVersion, readerFeatures = [] } = protocol;
  if (minReaderVersion > READER_VERSION_MAX) {
    const known = `up to ${READER_VERSION_MAX} are known`;
    throw new DeltaError(
      "UNIMPLEMENTED",
      `table ${location} needs reader version ${minReaderVersion}; versions ${known}`,
    );
  }
  if (minReaderVersion < FEATURES_VERSION) return;
  const unknown = readerFeatures.filter((feature) => !READER_FEATURES.has(feature));
  if (unknown.length > 0) {
    throw new DeltaError(
      "UNIMPLEMENTED",
      `table ${location} needs reader features that are not known: ${unknown.join(", ")}`,
    );
  }
}
