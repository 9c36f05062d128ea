import type { OfsClient } from "@ofs/client";
import type { Operator } from "../../../horizon/test/support/operator.ts";
import { readRow, STEADY } from "../live/feature-rows.ts";
import { call } from "../rows/darwin-client.ts";

const LISTS = ["store", "job", "entity", "feature-group", "add-features"];
const WRITERS_KEYS = 5;

/** Where a fleet is asked. */
export interface AskedFleet {
  readonly client: OfsClient;
  readonly operator: Operator;
  readonly origins: Readonly<Record<"api" | "consumer" | "horizon", string>>;
}

const ROW_GROUP = "player_stats";
const ROW_IDS = [1, 2, 3];

/** Registers a group of the row dialect, and writes some rows. */
export async function writeRows({ origins }: Pick<AskedFleet, "origins">): Promise<void> {
  const primaryKeys = ["id"];
  const features = [{ name: "id", type: "BIGINT" }];
  await expectOk(origins.horizon, "/entity", {
    entity: { tableName: "players", primaryKeys, features },
    owner: "owner@example.com",
    tags: [],
    description: "",
  });
  await expectOk(origins.horizon, "/feature-group", {
    featureGroup: {
      featureGroupName: ROW_GROUP,
      entityName: "players",
      features: [{ name: "wins", type: "INT" }],
    },
    owner: "owner@example.com",
    tags: [],
    description: "",
  });
  const rows = ROW_IDS.map((id) => [id, id * 10]);
  await expectOk(origins.api, "/feature-group/write-features-v2", {
    featureGroupName: ROW_GROUP,
    features: { names: ["id", "wins"], values: rows },
  });
}

/** All that clients and operators can read of what the test has put there. */
export async function readEverything(
  fleet: AskedFleet,
): Promise<Readonly<Record<string, unknown>>> {
  const { client, operator, origins } = fleet;
  const blocks: Record<string, unknown> = {};
  for (const key of blockKeys()) blocks[key] = await readRow(client, STEADY, key, ["a", "b"]);
  const rows = await call(origins.api, "GET", "/feature-group/read-features", {
    featureGroupName: ROW_GROUP,
    featureColumns: ["wins"],
    primaryKeys: { names: ["id"], values: ROW_IDS.map((id) => [id]) },
  });
  const requests: Record<string, unknown> = {};
  for (const list of LISTS) {
    requests[list] = (await operator.call("GET", `get-${list}-requests`)).body;
  }
  return {
    blocks,
    rows: rows.json.data,
    groups: (await call(origins.horizon, "GET", `/feature-group/metadata?name=${ROW_GROUP}`)).json,
    requests,
    users: withoutSignIns(await getJson(`${origins.horizon}/users`, operator)),
    audit: withoutOwnSignIns(await getJson(`${origins.horizon}/api/v1/horizon/audit`, operator)),
    positions: await positions(origins.consumer),
  };
}

/** By topic and partition: what is committed, and where it ends. */
export async function positions(consumer: string): Promise<Readonly<Record<string, unknown>>> {
  const { json } = await call(consumer, "GET", "/lag");
  const found: Record<string, unknown> = {};
  for (const { topic, group, partitions } of json.topics) {
    for (const { partition, committed, endOffset } of partitions) {
      found[`${group} ${topic}/${partition}`] = { committed, endOffset };
    }
  }
  return found;
}

function* blockKeys(): Iterable<string> {
  for (let n = 1; n <= WRITERS_KEYS; n += 1) yield `old${n}`;
  for (let n = 0; n < WRITERS_KEYS; n += 1) yield* [`writer0-${n}`, `producer-${n}`];
}

async function expectOk(origin: string, path: string, body: object): Promise<void> {
  const { status, text } = await call(origin, "POST", path, body);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
}

async function getJson(url: string, operator: Operator): Promise<Record<string, unknown>[]> {
  const reply = await fetch(url, { headers: operator.headers });
  if (reply.status !== 200) throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as Record<string, unknown>[];
}

/** The test itself signs in again. */
function withoutOwnSignIns(entries: Record<string, unknown>[]): unknown[] {
  return entries.filter(({ action }) => !String(action).includes("log"));
}

function withoutSignIns(users: Record<string, unknown>[]): unknown[] {
  return users.map(({ email, role, user_id, first_name }) => ({
    email,
    role,
    user_id,
    first_name,
  }));
}
