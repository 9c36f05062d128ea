import { FeatureStoreError } from "@ofs/platform";
import type { ScyllaConnection } from "./connection.ts";
import { toScyllaFailure } from "./scylla-errors.ts";

/** Resolves if the cluster answers. @throws {FeatureStoreError} UNAVAILABLE */
export async function pingCluster(connection: ScyllaConnection): Promise<void> {
  const subject = `scylla keyspace ${connection.keyspace}`;
  assertConnected(connection, subject);
  try {
    await connection.client.execute("SELECT key FROM system.local", [], { isIdempotent: true });
  } catch (cause) {
    const { message } = toScyllaFailure(cause, subject, false);
    throw new FeatureStoreError("UNAVAILABLE", message, { cause });
  }
}

/** @throws {FeatureStoreError} UNAVAILABLE once the connection is closed */
export function assertConnected(connection: ScyllaConnection, subject: string): void {
  if (connection.isClosed) throw closedFailure(subject);
}

export function closedFailure(subject: string): FeatureStoreError {
  return new FeatureStoreError("UNAVAILABLE", `${subject}: the connection is closed`);
}
