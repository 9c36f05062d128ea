import { type PrivateServer, waitUntil } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FaultWorld, MENDED_MS } from "./fault-world.ts";
import { askEntity, askGroup, askJob, askStore } from "./requests.ts";

const TIMEOUT_MS = 3 * MENDED_MS;
/** Approvals that are under way, or still to come, when a server is killed. */
const APPROVALS = 24;
/** Less than the large group takes in the registry. */
const CUT_AFTER_BYTES = 8_000;

let world: FaultWorld;

beforeAll(async () => {
  world = await FaultWorld.open();
}, TIMEOUT_MS);

afterAll(() => world?.close(), TIMEOUT_MS);

afterEach(() => world.mend(), TIMEOUT_MS);

/** Does something while a server is stopped. */
async function without(server: PrivateServer, work: () => Promise<void>): Promise<void> {
  await server.stop();
  try {
    await work();
  } finally {
    await server.restart();
  }
}

/** Whether an entity is there, and whole. @returns undefined if it is neither there nor gone */
function entityIn(tree: ReadonlyMap<string, string>, label: string): boolean | undefined {
  const paths = [...tree.keys()].filter((path) => path.startsWith(`entities/${label}/`));
  if (paths.length === 0) return false;
  const key = `entities/${label}/keys/0`;
  const hasKey = paths.some((path) => path === key || path.startsWith(`${key}/`));
  return hasKey && tree.get(`entities/${label}/label`) === label ? true : undefined;
}

/**
 * Approves entities, several at a time, and kills a server among them; at the end it is there again.
 *
 * @returns the requests' ids by label, and what each approval was answered
 */
async function approveWhileKilled(prefix: string, server: PrivateServer) {
  const requests = Array.from({ length: APPROVALS }, (_, n) => askEntity(`${prefix}${n}`));
  const ids: number[] = [];
  for (const request of requests) ids.push(await world.operator.submit(request));
  let answered = 0;
  const killed = waitUntil(() => answered >= APPROVALS / 4, {
    what: "the first approvals",
    timeoutMs: MENDED_MS,
    intervalMs: 1,
  }).then(() => server.kill());
  const answers = new Map<number, { status: number; text: string }>();
  const waiting = [...ids];
  const approve = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      answers.set(id, await world.decide(askEntity(""), id));
      answered += 1;
    }
  };
  try {
    await Promise.all([approve(), approve(), killed]);
  } finally {
    await server.restart();
  }
  return { ids, answers };
}

/** Each request is at its end, or was never begun; and the registry has just those that are APPROVED, whole. */
async function expectWhole(prefix: string, ids: readonly number[]): Promise<string[]> {
  const ends: string[] = [];
  for (const id of ids) ends.push(await world.endOf("entity", id));
  const tree = await world.tree();
  const there = ids.map((_, n) => entityIn(tree, `${prefix}${n}`));
  expect(there).toEqual(ends.map((status) => status === "APPROVED"));
  return ends;
}

describe("etcd", () => {
  it(
    "stopped: approvals are 503 and say why, reads go on, and the reconciler finishes",
    async () => {
      const request = askEntity("without_etcd");
      const id = await world.operator.submit(request);
      await without(world.etcd, async () => {
        const answer = await world.decide(request, id);
        expect(answer.status).toBe(503);
        expect(answer.body).toMatchObject({ code: "Unavailable" });
        expect(answer.text).toMatch(/entity request \d+ is being applied.*tried again.*etcd/);
        expect(await world.whenPartIs("registry", "warning")).toMatch(/"error":"etcd:/);
        expect((await world.operator.call("GET", "get-store-requests")).status).toBe(200);
        expect(await world.statusOf("entity", id)).toBe("APPLYING");
        const refused = await world.operator.call("POST", "register-entity", askEntity("x").body);
        expect(refused.status).toBe(503);
        expect(refused.text).toContain("etcd");
      });
      expect(await world.endOf("entity", id)).toBe("APPROVED");
      expect(entityIn(await world.tree(), "without_etcd")).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    "killed in the middle of approvals: each of them is carried out whole, in the end",
    async () => {
      const { ids, answers } = await approveWhileKilled("killed_etcd", world.etcd);
      for (const [id, { status, text }] of answers) {
        expect([200, 503], `${id}: ${text}`).toContain(status);
      }
      expect([...answers.values()].map(({ status }) => status)).toContain(503);
      const ends = await expectWhole("killed_etcd", ids);
      expect(new Set(ends)).toEqual(new Set(["APPROVED"]));
    },
    TIMEOUT_MS,
  );

  // On the way there the write itself is what is too long; on the way back it depends on what etcd has to tell.
  it.each([
    ["toTarget", [503]],
    ["toClient", [200, 503]],
  ] as const)(
    "cut off %s under a large write: the request is recognised or repeated, and the group whole",
    async (direction, statuses) => {
      const name = `cut_${direction.toLowerCase()}`;
      const storeId = await storeFor(name);
      const request = askGroup(name, storeId, `${name}_job`);
      const id = await world.operator.submit(request);
      await world.etcdProxy.inject({ kind: "cut", afterBytes: CUT_AFTER_BYTES }, direction);
      const { status, text } = await world.decide(request, id);
      await world.etcdProxy.heal();
      expect(statuses, text).toContain(status);
      expect(await world.endOf("feature-group", id)).toBe("APPROVED");
      const tree = await world.tree();
      const group = `entities/${name}/feature-groups/core`;
      expect(tree.get(`${group}/active-version`)).toBe("1");
      expect(tree.get(`${group}/features/1/labels`)?.split(",")).toHaveLength(200);
      const sources = [...tree.keys()].filter((path) => path.includes(`${name}|core|`));
      expect(sources).toHaveLength(200);
    },
    TIMEOUT_MS,
  );
});

describe("the database", () => {
  it(
    "stopped: every call is 503 and says why; started again, sessions and requests are there",
    async () => {
      const request = askEntity("over_a_restart");
      const id = await world.operator.submit(request);
      await without(world.database, async () => {
        for (const answer of [
          await world.operator.call("GET", "get-entity-requests"),
          await world.decide(request, id),
          await world.operator.call("POST", "register-entity", askEntity("y").body),
        ]) {
          expect(answer.status).toBe(503);
          expect(answer.text).toContain("database is not available");
        }
        expect(await world.whenPartIs("database", "warning")).toContain("not available");
      });
      await world.whenPartIs("database", "ok");
      expect(await world.statusOf("entity", id)).toBe("PENDING APPROVAL");
      await world.operator.approve(request, id);
      expect(entityIn(await world.tree(), "over_a_restart")).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    "killed in the middle of approvals: no request is half, whatever it was answered",
    async () => {
      const { ids, answers } = await approveWhileKilled("killed_db", world.database);
      await world.whenPartIs("database", "ok");
      const statuses = [...answers.values()].map(({ status }) => status);
      for (const { status, text } of answers.values()) expect([200, 503], text).toContain(status);
      expect(statuses).toContain(503);
      const ends = await expectWhole("killed_db", ids);
      for (const [index, id] of ids.entries()) {
        const end = ends[index];
        if (answers.get(id)?.status === 200) expect(end).toBe("APPROVED");
        else expect(["APPROVED", "PENDING APPROVAL"]).toContain(end);
      }
    },
    TIMEOUT_MS,
  );
});

describe("Cassandra", () => {
  it(
    "down: what needs a table is 503 and says why, all else goes on, and the reconciler finishes",
    async () => {
      const request = askStore("without_cassandra");
      const id = await world.operator.submit(request);
      await world.cassandraProxy.inject({ kind: "refuse" });
      const answer = await world.decide(request, id);
      expect(answer.status).toBe(503);
      expect(answer.text).toMatch(/store request \d+ is being applied.*tried again/);
      expect(answer.text).toMatch(/scylla|cassandra/i);
      const job = askJob("meanwhile");
      await world.operator.approve(job, await world.operator.submit(job));
      expect(await world.whenPartIs("stores", "warning")).toContain("scylla 1");
      expect(await storesWith("without_cassandra")).toBe(0);
      await world.cassandraProxy.heal();
      expect(await world.endOf("store", id)).toBe("APPROVED");
      expect(await storesWith("without_cassandra")).toBe(1);
    },
    TIMEOUT_MS,
  );

  it.each(["toTarget", "toClient"] as const)(
    "silent %s during the change of schema: 503, and then the same table, once",
    async (direction) => {
      const table = `silent_${direction.toLowerCase()}`;
      const request = askStore(table);
      const id = await world.operator.submit(request);
      await world.cassandraProxy.inject({ kind: "stall" }, direction);
      const { status, text } = await world.decide(request, id);
      expect(status, text).toBe(503);
      await world.cassandraProxy.inject({ kind: "reset" });
      await world.cassandraProxy.heal();
      expect(await world.endOf("store", id)).toBe("APPROVED");
      expect(await storesWith(table)).toBe(1);
    },
    TIMEOUT_MS,
  );
});

async function storesWith(table: string): Promise<number> {
  const tree = await world.tree();
  return [...tree].filter(
    ([path, text]) => path.startsWith("storage/stores/") && JSON.parse(text).table === table,
  ).length;
}

/** @returns the id of a new store, for the entity and the job of that name that it makes, too */
async function storeFor(name: string): Promise<number> {
  for (const request of [askStore(name), askEntity(name), askJob(`${name}_job`)]) {
    await world.operator.approve(request, await world.operator.submit(request));
  }
  const tree = await world.tree();
  const found = [...tree].find(
    ([path, text]) => path.startsWith("storage/stores/") && JSON.parse(text).table === name,
  );
  return Number(found?.[0].split("/").at(-1));
}
