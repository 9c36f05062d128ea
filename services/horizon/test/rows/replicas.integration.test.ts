import { afterAll, beforeAll, expect, test } from "vitest";
import { column, entityBody, groupBody } from "./support/bodies.ts";
import { type ReplicaAnswer, RowReplicas } from "./support/row-replicas.ts";

/** Of servers that others use too, and changes of schema one after the other. */
const TIMEOUT_MS = 300_000;
const COUNT = 100;
/** Each of them changes the schema of Cassandra. */
const UPGRADE_COUNT = 30;

let replicas: RowReplicas;

beforeAll(async () => {
  replicas = await RowReplicas.start(2);
}, TIMEOUT_MS);

afterAll(() => replicas?.close(), TIMEOUT_MS);

function many(
  count: number,
  act: (index: number) => Promise<ReplicaAnswer>,
): Promise<ReplicaAnswer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => act(index)));
}

/** How many were answered what. */
function tally(answers: readonly ReplicaAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of answers) {
    const key = code === undefined ? `${status}` : `${status} ${code}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

const post = (path: string, body: object) => (turn: number) =>
  replicas.call(turn, "POST", path, body);

test(
  "of many equal creations at two control planes one is made",
  async () => {
    const entities = await many(COUNT, post("/entity", entityBody("crowd")));
    expect(tally(entities)).toEqual({
      200: 1,
      "400 ENTITY-ALREADY-EXISTS-EXCEPTION": COUNT - 1,
    });
    const groups = await many(COUNT, post("/feature-group", groupBody("one", "crowd")));
    expect(tally(groups)).toEqual({
      200: 1,
      "400 FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION": COUNT - 1,
    });
    const different = await many(COUNT, (index) =>
      post("/feature-group", groupBody("two", "crowd", { features: [column(`c${index}`)] }))(index),
    );
    expect(tally(different)).toEqual(tally(groups));
    const winner = different.findIndex(({ status }) => status === 200);
    for (const turn of [0, 1]) {
      const { data } = await replicas.call(turn, "GET", "/feature-group?name=two");
      expect(data).toEqual(different[winner]?.data);
    }
  },
  TIMEOUT_MS,
);

test(
  "upgrades at two control planes get consecutive versions, one each, and both show all of them",
  async () => {
    await post("/entity", entityBody("grower"))(0);
    const answers = await many(
      UPGRADE_COUNT,
      post("/feature-group?upgrade=true", groupBody("grown", "grower")),
    );
    expect(tally(answers)).toEqual({ 200: UPGRADE_COUNT });
    const versions = answers.map(({ data: { version } }) => String(version)).sort();
    const wanted = Array.from({ length: UPGRADE_COUNT }, (_, index) => `v${index + 1}`).sort();
    expect(versions).toEqual(wanted);
    for (const turn of [0, 1]) {
      const { data } = await replicas.call(turn, "GET", "/feature-group/version?name=grown");
      expect(data).toMatchObject({ version: { latestVersion: `v${UPGRADE_COUNT}` } });
    }
    const published = (await replicas.published()).filter((path) => path.includes("grown"));
    expect(published).toEqual([
      ...wanted.map((version) => `feature-groups/grown/${version}`),
      "versions/grown",
    ]);
  },
  TIMEOUT_MS,
);
