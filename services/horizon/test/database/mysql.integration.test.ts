import { join } from "node:path";
import {
  ChildScript,
  type PrivateServer,
  serverAddress,
  startMariadb,
  startTcpProxy,
  waitUntil,
} from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../src/database/index.ts";
import type { Database } from "../../src/database/ports.ts";
import { testAccounts } from "./accounts-contract.ts";
import { createTestDatabase, type TestDatabase } from "./mysql-fixtures.ts";
import { newRequest, requestOf, silentLog } from "./new-requests.ts";
import { testRequestLists, testRequests } from "./requests-contract.ts";

const CHILD = join(import.meta.dirname, "database-process.ts");
const opened: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of opened.reverse()) await close();
});

async function newDatabase(): Promise<TestDatabase> {
  const created = await createTestDatabase(serverAddress("mysql"));
  opened.push(() => created.drop());
  return created;
}

async function open(settings: TestDatabase["settings"]): Promise<Database> {
  const database = await openDatabase(settings, silentLog);
  opened.push(() => database.close());
  return database;
}

describe("contract", () => {
  let database: Database;
  let lists: Database;
  beforeAll(async () => {
    database = await open((await newDatabase()).settings);
    lists = await open((await newDatabase()).settings);
  });
  testRequests(() => database);
  testAccounts(() => database);
  testRequestLists(() => lists);
});

describe("two replicas", () => {
  test("that migrate at once both work, and so do three processes", async () => {
    const { settings, run } = await newDatabase();
    const replicas = await Promise.all([open(settings), open(settings)]);
    for (const replica of replicas) await replica.ping();
    const others = await newDatabase();
    const args = [JSON.stringify(others.settings)];
    const children = [1, 2, 3].map(() => ChildScript.start({ script: CHILD, args }));
    try {
      const answers = await Promise.all(children.map((child) => child.ask("open")));
      expect(answers).toEqual(["open", "open", "open"]);
      const ends = await Promise.all(children.map((child) => child.end()));
      expect(ends).toEqual(children.map(() => ({ code: 0, errors: "" })));
    } finally {
      for (const child of children) child.kill();
    }
    expect(await run("select name from ofs_horizon_migrations")).toHaveLength(4);
  });

  test("race for one subject, one key and one move: one wins", async () => {
    const { settings } = await newDatabase();
    const replicas = await Promise.all([open(settings), open(settings)]);
    const racers = [...replicas, ...replicas, ...replicas, ...replicas, ...replicas];
    const outcomes = await Promise.all(
      racers.map(({ requests }) => requests.submit(newRequest("entity", "replicas"))),
    );
    const made = outcomes.flatMap((each) => ("request" in each ? [each.request] : []));
    expect(made).toHaveLength(1);
    const keyed = newRequest("job", "keyed", { idempotencyKey: "k" });
    const repeated = await Promise.all(racers.map(({ requests }) => requests.submit(keyed)));
    expect(new Set(repeated.map((each) => requestOf(each).id)).size).toBe(1);
    const [request] = made;
    if (request === undefined) throw new Error("nobody won");
    const moves = await Promise.all(
      racers.map(({ requests }) => requests.move(request, "PENDING APPROVAL", "APPLYING", {})),
    );
    expect(moves.filter((each) => each !== undefined)).toHaveLength(1);
  });
});

describe("a database away", () => {
  let server: PrivateServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server.close());

  const isReachable = (database: Database) => async (): Promise<boolean> => {
    try {
      await database.ping();
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: "UNAVAILABLE" });
      return false;
    }
  };

  /** On busy cores a process that is told to stop goes on for a moment. */
  const isAway = (database: Database) => async (): Promise<boolean> =>
    !(await isReachable(database)());

  test("stopped: UNAVAILABLE; killed and started: what was acknowledged is there", async () => {
    const { settings } = await createTestDatabase(server.address);
    const database = await openDatabase(settings, silentLog);
    const made = requestOf(await database.requests.submit(newRequest("entity", "away")));
    await server.kill();
    const refused = database.requests.submit(newRequest("entity", "nobody"));
    await expect(refused).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(database.ping()).rejects.toThrow(/^database is not available \(\w+\)/);
    await server.restart();
    // Connections of before are found dead while it works again.
    expect(await database.requests.find("entity", made.id)).toEqual(made);
    await database.close();
  });

  test("away at the start: opens, and makes its tables when it is there", async () => {
    const { settings } = await createTestDatabase(server.address);
    await server.stop();
    const database = await openDatabase(settings, silentLog);
    await expect(database.users.list()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await server.restart();
    expect(await database.users.list()).toEqual([]);
    await database.close();
  });

  test("paused: UNAVAILABLE in time, and no row is left locked", async () => {
    const { settings } = await createTestDatabase(server.address);
    const limits = { connectTimeoutMs: 500, queryTimeoutMs: 500 };
    const database = await openDatabase({ ...settings, ...limits }, silentLog);
    const made = requestOf(await database.requests.submit(newRequest("job", "paused")));
    server.pause();
    try {
      await waitUntil(isAway(database), { what: "the pause" });
      const startedAt = Date.now();
      const moved = database.requests.move(made, "PENDING APPROVAL", "APPLYING", {});
      await expect(moved).rejects.toMatchObject({ code: "UNAVAILABLE" });
      expect(Date.now() - startedAt).toBeLessThan(10_000);
    } finally {
      server.resume();
    }
    await waitUntil(isReachable(database), { what: "the database" });
    const other = await database.requests.find("job", made.id);
    const { status = "FAILED" } = other ?? {};
    expect(await database.requests.move(made, status, "REJECTED", {})).toMatchObject({
      status: "REJECTED",
    });
    await database.close();
  });

  test("paused: closes all the same", async () => {
    const { settings } = await createTestDatabase(server.address);
    const database = await openDatabase(settings, silentLog);
    await database.ping();
    server.pause();
    try {
      const startedAt = Date.now();
      await database.close();
      expect(Date.now() - startedAt).toBeLessThan(5000);
    } finally {
      server.resume();
    }
  });

  test("connections cut again and again: nothing acknowledged is lost, nothing is done twice", async () => {
    const { settings } = await createTestDatabase(server.address);
    const proxy = await startTcpProxy({ target: server.address });
    const database = await openDatabase({ ...settings, port: proxy.port }, silentLog);
    const acknowledged: number[] = [];
    for (let index = 0; index < 60; index += 1) {
      const submitting = database.requests.submit(newRequest("store", `cut-${index}`));
      if (index % 3 === 0) proxy.resetConnections();
      try {
        acknowledged.push(requestOf(await submitting).id);
      } catch (error) {
        expect(error).toMatchObject({ code: "UNAVAILABLE" });
      }
    }
    const { requests } = await database.requests.list({ kinds: ["store"] });
    const ids = new Set(requests.map(({ id }) => id));
    expect(acknowledged.length).toBeGreaterThan(40);
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    const labels = requests.map(({ payload: { table } }) => table);
    expect(new Set(labels).size).toBe(labels.length);
    await database.close();
    await proxy.close();
  });
});

test("settings that are wrong fail the start at once", async () => {
  const { settings } = await newDatabase();
  const noDatabase = openDatabase({ ...settings, database: "ofs_nowhere" }, silentLog);
  await expect(noDatabase).rejects.toThrow(/database refuses: ER_BAD_DB_ERROR/);
  const noUser = openDatabase({ ...settings, username: "nobody" }, silentLog);
  await expect(noUser).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});

test("a session's settings are ours, whatever the server's are", async () => {
  const server = await startMariadb({
    args: ["--sql-mode=ANSI,NO_BACKSLASH_ESCAPES", "--default-time-zone=+05:30"],
  });
  try {
    const { settings, run } = await createTestDatabase(server.address);
    const database = await openDatabase(settings, silentLog);
    const text = "\\' or 1=1; -- \\\\ \" `";
    const plain = newRequest("features-add", "quotes");
    const payload = { ...plain.payload, text };
    const made = requestOf(await database.requests.submit({ ...plain, payload }));
    expect((await database.requests.find("features-add", made.id))?.payload).toEqual(payload);
    const [row] = await run("select created_at from features");
    const at = new Date(made.createdAtMs).toISOString().slice(0, 19).replace("T", " ");
    expect(row).toEqual({ created_at: at });
    await database.users.create({
      firstName: "A",
      lastName: "B",
      email: "a@x.io",
      passwordHash: "h",
      role: "viewer",
      isActive: true,
      mustChangePassword: false,
      failedLoginCount: 0,
      lockedUntilMs: 0,
    });
    await database.close();
    const [user] = await run("set time_zone = '+00:00'", "select created_at, role from users");
    const { created_at: createdAt } = user as { created_at: string };
    expect(user).toMatchObject({ role: "user" });
    expect(Math.abs(Date.parse(`${createdAt}Z`) - made.createdAtMs)).toBeLessThan(60_000);
  } finally {
    await server.close();
  }
});
