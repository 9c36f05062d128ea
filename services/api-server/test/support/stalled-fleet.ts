import { persist, retrieve } from "@ofs/proto";
import { DISTRIBUTED_CONF_ID, entityTree, type PrivateServer, startRedis } from "@ofs/testkit";
import { PERSIST_METHOD } from "../../src/routes/feature-routes.ts";
import { type ServerUnderTest, startServerUnderTest } from "../scenarios/server-under-test.ts";
import { RawClient } from "./grpc-client.ts";
import { credentialsOf } from "./test-api.ts";

/** Of the store that has stalled. */
export const STALLED_CONF_ID = 4;
/** Its labels in metrics. */
export const STALLED = `db_type="redis_standalone",conf_id="${STALLED_CONF_ID}"`;

/** A server with an embedded store and a Redis that has stopped answering. Its time-outs are so long that no call ends by them. */
export interface StalledFleet {
  readonly redis: PrivateServer;
  readonly server: ServerUnderTest;
  readonly client: RawClient;
}

export async function startStalledFleet(
  env: Readonly<Record<string, string>>,
): Promise<StalledFleet> {
  const redis = await startRedis();
  const prefix = "STORAGE_REDIS_STANDALONE";
  const server = await startServerUnderTest(
    "embedded",
    { process: false, distributed: false },
    {
      treeFor: (store) => ({
        "security/reader/tester": JSON.stringify({ token: "tester-token" }),
        "storage/stores/1": JSON.stringify(store),
        "storage/stores/2": JSON.stringify({
          "db-type": "redis_standalone",
          "conf-id": STALLED_CONF_ID,
          table: "t",
          "max-column-size-in-bytes": 1024,
        }),
        ...entityTree("user", ["id"], {
          good: { id: 0, type: "FP32", versions: [{ f: {} }] },
          stalled: { id: 1, type: "FP32", versions: [{ f: {} }], storeId: "2" },
        }),
      }),
      env: {
        [`${prefix}_ACTIVE_CONFIG_IDS`]: `${DISTRIBUTED_CONF_ID},${STALLED_CONF_ID}`,
        [`${prefix}_${STALLED_CONF_ID}_ADDR`]: redis.address.text,
        [`${prefix}_${STALLED_CONF_ID}_READ_TIMEOUT_IN_MS`]: "120000",
        STORE_TIMEOUT_MS: "120000",
        ...env,
      },
    },
  );
  const client = new RawClient(Number(server.address.split(":")[1]));
  const rows = persist.Query.encode({
    entityLabel: "user",
    keysSchema: ["id"],
    featureGroupSchema: ["good", "stalled"].map((label) => ({ label, featureLabels: ["f"] })),
    data: [
      {
        keyValues: ["1"],
        featureValues: [{ values: { fp32Values: [1] } }, { values: { fp32Values: [1] } }],
      },
    ],
  }).finish();
  await client.call(PERSIST_METHOD, rows, credentialsOf("tester"));
  redis.pause();
  return { redis, server, client };
}

export async function closeStalledFleet({ redis, server, client }: StalledFleet): Promise<void> {
  redis.resume();
  client.close();
  await server.close();
  await redis.close();
}

/** @param start of the series' line @returns 0 for one that is not there */
export async function series({ server }: StalledFleet, start: string): Promise<number> {
  const text = await (await fetch(`http://${server.address}/metrics`)).text();
  const line = text.split("\n").find((candidate) => candidate.startsWith(start));
  return Number(line?.split(" ").at(-1) ?? 0);
}

/** @param label `good` or `stalled` */
export function query(label: string, keyCount = 1): Uint8Array {
  return retrieve.Query.encode({
    entityLabel: "user",
    keysSchema: ["id"],
    featureGroups: [{ label, featureLabels: ["f"] }],
    keys: Array.from({ length: keyCount }, (_, i) => ({ cols: [String(i + 1)] })),
  }).finish();
}
