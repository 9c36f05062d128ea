import { afterAll, beforeAll, expect, test } from "vitest";
import { openProcessWorld, type ProcessWorld, textsOf } from "./support/process-world.ts";
import {
  ASK_JOB,
  approve,
  approveAll,
  askEntity,
  askGroup,
  askStore,
  submit,
} from "./support/scenario.ts";
import { ServerWorlds } from "./support/server-worlds.ts";

const TIMEOUT_MS = 180_000;
const STORES = { confId: 1, dbType: "scylla" };
const NUMBERS = Array.from({ length: 10 }, (_, index) => index);

const places = new ServerWorlds();
let remove: () => Promise<void>;
/** Control planes with connections of their own. */
let replicas: ProcessWorld[];

beforeAll(async () => {
  const settings = await places.createSettings();
  remove = () => places.remove(settings);
  replicas = [];
  for (let count = 0; count < 2; count += 1) replicas.push(await openProcessWorld(settings));
}, TIMEOUT_MS);

afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await remove();
}, TIMEOUT_MS);

function replica(index: number): ProcessWorld {
  return replicas[index % replicas.length] as ProcessWorld;
}

test(
  "over MariaDB, etcd and Cassandra, groups approved at once get ids and columns that are all different",
  async () => {
    const { changes } = replica(0);
    await approveAll(changes, [ASK_JOB, askEntity("user"), askStore(STORES, "t")]);
    const ids: number[] = [];
    for (const number of NUMBERS)
      ids.push(await submit(changes, askGroup("user", `g${number}`, 1)));
    const ended = await Promise.all(
      ids.map((id, index) => approve(replica(index).changes, "feature-group", id)),
    );
    expect(ended.map(({ rejectReason, status }) => `${status} ${rejectReason}`.trim())).toEqual(
      NUMBERS.map(() => "APPROVED"),
    );
    const tree = await textsOf(replica(0).registry);
    const groupIds = NUMBERS.map((n) => Number(tree[`entities/user/feature-groups/g${n}/id`]));
    expect(groupIds.sort((left, right) => left - right)).toEqual(NUMBERS);
    const columns = Object.entries(tree).flatMap(([path, text]) =>
      /\/columns\/[^/]+\/label$/.test(path) ? [text] : [],
    );
    const expected = NUMBERS.map((number) => `seg_${number}`);
    expect(columns.sort()).toEqual(expected);
    const table = await replica(1).tables.describe({ ...STORES, table: "t" });
    expect([...(table?.columns.keys() ?? [])].sort()).toEqual(expected);
  },
  TIMEOUT_MS,
);

test(
  "over MariaDB, etcd and Cassandra, one request that both replicas approve is carried out once",
  async () => {
    const id = await submit(replica(0).changes, askStore(STORES, "once"));
    const outcomes = await Promise.allSettled(
      NUMBERS.map((index) => approve(replica(index).changes, "store", id)),
    );
    const refusals = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(refusals).toHaveLength(NUMBERS.length - 1);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: "FAILED_PRECONDITION" });
    const tree = await textsOf(replica(1).registry);
    const tables = Object.entries(tree).flatMap(([path, text]) =>
      path.startsWith("storage/stores/") ? [JSON.parse(text).table] : [],
    );
    expect(tables.filter((table) => table === "once")).toHaveLength(1);
  },
  TIMEOUT_MS,
);
