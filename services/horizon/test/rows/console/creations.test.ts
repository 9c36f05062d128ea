import { openEmbedded } from "@ofs/database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { METASTORE_FILE } from "../../../src/rows/metastore/open-metastore.ts";
import type { MetastoreTables } from "../../../src/rows/metastore/schema.ts";
import { entityBody, groupBody } from "../support/bodies.ts";
import { type SignedInHorizon, startSignedIn } from "./support/signed-in-horizon.ts";

const TIMEOUT_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Tables that a creation fills at its end. */
const PARTS = [
  "cassandra_store_feature_group_feature_map",
  "cassandra_store_feature_group_tag_map",
] as const;

let horizon: SignedInHorizon;

beforeEach(async () => {
  const env = { ROW_ENABLED: "true", HORIZON_RECONCILE_INTERVAL_MS: "200" };
  horizon = await startSignedIn(env);
}, TIMEOUT_MS);

afterEach(() => horizon.close());

async function creations(): Promise<unknown> {
  return (await horizon.call("/api/v1/horizon/rows/creations")).body;
}

describe("creations", { timeout: TIMEOUT_MS }, () => {
  it("are listed as pending while they are, and are there afterwards", async () => {
    await horizon.call("/entity", entityBody("players"));
    await horizon.call("/feature-group", groupBody("stats", "players"));
    expect(await creations()).toEqual([]);
    const { kysely } = openEmbedded<MetastoreTables>(
      { kind: "embedded", folder: horizon.dataFolder },
      async () => undefined,
      METASTORE_FILE,
    );
    const hold = (untilMs: number) =>
      kysely
        .updateTable("cassandra_store_feature_group_metadata")
        .set({ provisioning: "PENDING", provisioning_until_ms: untilMs })
        .where("name", "=", "stats")
        .execute();
    // As a process leaves it that is stopped in the midst of it.
    for (const part of PARTS) {
      await kysely.deleteFrom(part).where("feature_group_name", "=", "stats").execute();
    }
    await hold(Date.now() + HOUR_MS);
    expect(await creations()).toEqual([
      {
        kind: "feature-group",
        name: "stats",
        version: "v1",
        "entity-name": "players",
        owner: "ada@example.org",
        state: "PENDING",
        "created-at": expect.stringMatching(/Z$/),
        "is-held": true,
      },
    ]);
    await hold(0);
    await expect.poll(creations, { timeout: TIMEOUT_MS }).toEqual([]);
    expect(await horizon.call("/feature-group/metadata?name=stats")).toMatchObject({ status: 200 });
    await kysely.destroy();
  });
});
