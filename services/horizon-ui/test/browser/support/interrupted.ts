import { openEmbedded } from "@ofs/database";
import type { RowEntityBody } from "./row-seeds.ts";

const METASTORE_FILE = "metastore.db";
const HOUR_MS = 3_600_000;

interface Tables {
  cassandra_store_entity_metadata: {
    name: string;
    entity: string;
    owner: string;
    tags: string;
    description: string;
    created_at: string;
    updated_at: string;
    provisioning: "PENDING" | "READY";
    provisioning_until_ms: number;
  };
}

/** A creation of an entity that its process has left, before it made the table. */
export interface InterruptedCreation {
  /** The time of that process is over: the control plane takes the creation up. */
  release(): Promise<void>;
  close(): Promise<void>;
}

export async function interruptEntity(
  dataFolder: string,
  { entity, owner, tags, description }: RowEntityBody,
): Promise<InterruptedCreation> {
  const { kysely } = openEmbedded<Tables>(
    { kind: "embedded", folder: dataFolder },
    async () => undefined,
    METASTORE_FILE,
  );
  const now = new Date().toISOString().slice(0, 19).replace("T", " ");
  await kysely
    .insertInto("cassandra_store_entity_metadata")
    .values({
      name: entity.tableName,
      entity: JSON.stringify(entity),
      owner,
      tags: JSON.stringify(tags),
      description,
      created_at: now,
      updated_at: now,
      provisioning: "PENDING",
      provisioning_until_ms: Date.now() + HOUR_MS,
    })
    .execute();
  return {
    async release() {
      await kysely
        .updateTable("cassandra_store_entity_metadata")
        .set({ provisioning_until_ms: 0 })
        .where("name", "=", entity.tableName)
        .execute();
    },
    close: () => kysely.destroy(),
  };
}
