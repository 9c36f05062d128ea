import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbedded } from "@ofs/database";
import { ChildScript } from "@ofs/testkit";
import { sql } from "kysely";
import Libsql from "libsql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../src/database/index.ts";
import { EMBEDDED_FILE } from "../../src/database/open-database.ts";
import type { Database } from "../../src/database/ports.ts";
import { testAccounts } from "./accounts-contract.ts";
import { newRequest, requestOf, silentLog } from "./new-requests.ts";
import { testRequestLists, testRequests } from "./requests-contract.ts";

const root = mkdtempSync(join(tmpdir(), "ofs-database-"));
const CHILD = join(import.meta.dirname, "database-process.ts");
const CHILD_TIMEOUT_MS = 60_000;

afterAll(() => rmSync(root, { recursive: true, force: true }));

function open(name: string): Promise<Database> {
  return openDatabase({ kind: "embedded", folder: join(root, name) }, silentLog);
}

function startChild(name: string): ChildScript {
  const settings = JSON.stringify({ kind: "embedded", folder: join(root, name) });
  return ChildScript.start({ script: CHILD, args: [settings] });
}

describe("contract", () => {
  let database: Database;
  let lists: Database;
  beforeAll(async () => {
    database = await open("contract");
    lists = await open("lists");
  });
  afterAll(async () => {
    await database.close();
    await lists.close();
  });
  testRequests(() => database);
  testAccounts(() => database);
  testRequestLists(() => lists);
});

test("what is stored is there after closing and opening", async () => {
  const first = await open("reopen");
  const made = requestOf(await first.requests.submit(newRequest("entity", "kept")));
  await first.close();
  await first.close();
  const log = join(root, "reopen", `${EMBEDDED_FILE}-wal`);
  expect(existsSync(log) ? statSync(log).size : 0).toBe(0);
  const second = await open("reopen");
  expect(await second.requests.find("entity", made.id)).toEqual(made);
  await second.close();
});

test("a database from before rotations takes them, and keeps its requests of jobs", async () => {
  const first = await open("upgraded");
  const job = requestOf(await first.requests.submit(newRequest("job", "feeder")));
  await first.close();
  const file = new Libsql(join(root, "upgraded", EMBEDDED_FILE));
  file.exec("alter table job drop column request_type");
  file.exec("delete from ofs_horizon_migrations where name >= '0004'");
  file.close();
  const second = await open("upgraded");
  const rotation = requestOf(await second.requests.submit(newRequest("job-rotate", "feeder")));
  expect(await second.requests.find("job", job.id)).toEqual(job);
  expect(await second.requests.find("job", rotation.id)).toBeUndefined();
  const { requests } = await second.requests.list({ kinds: ["job", "job-rotate"] });
  expect(requests.map(({ kind }) => kind)).toEqual(["job-rotate", "job"]);
  await second.close();
});

test("nobody but its owner may read the file", async () => {
  await (await open("rights")).close();
  const { mode } = statSync(join(root, "rights", EMBEDDED_FILE));
  expect(mode & 0o777).toBe(0o600);
});

test("a closed database is UNAVAILABLE", async () => {
  const database = await open("closed");
  await database.close();
  await expect(database.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(database.users.list()).rejects.toThrow("database is closed");
});

test("closing waits for what is under way", async () => {
  const database = await open("closing");
  const entry = { atMs: 1, actor: "a", action: "b", subject: "c", details: {} };
  const adds = Array.from({ length: 10 }, () => database.audit.add(entry));
  const outcomes = Promise.allSettled(adds);
  await database.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(adds.map(() => "fulfilled"));
  const reopened = await open("closing");
  expect(await reopened.audit.list({ limit: 100 })).toHaveLength(10);
  await reopened.close();
});

test("a file that is no database is refused, and left as it is", async () => {
  const folder = mkdtempSync(join(root, "foreign-"));
  writeFileSync(
    join(folder, EMBEDDED_FILE),
    "not a database, but long enough to be one".repeat(50),
  );
  const refused = openDatabase({ kind: "embedded", folder }, silentLog);
  await expect(refused).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});

test("tables of a newer version are refused", async () => {
  await (await open("newer")).close();
  const raw = new Libsql(join(root, "newer", EMBEDDED_FILE));
  raw.exec("insert into ofs_horizon_migrations values ('9999-later', '2999-01-01T00:00:00.000Z')");
  raw.close();
  await expect(open("newer")).rejects.toThrow(/newer version/);
});

test("a table of another program is refused by name", async () => {
  const folder = mkdtempSync(join(root, "other-"));
  const raw = new Libsql(join(folder, EMBEDDED_FILE));
  raw.exec("create table store (id integer primary key, name text)");
  raw.close();
  const refused = openDatabase({ kind: "embedded", folder }, silentLog);
  await expect(refused).rejects.toThrow(/table store .* has no column request_id, payload/);
});

test("what is stored reaches the disk before it is acknowledged", async () => {
  const { kysely } = openEmbedded(
    { kind: "embedded", folder: join(root, "pragmas") },
    async () => undefined,
    EMBEDDED_FILE,
  );
  const FULL = 2;
  expect((await sql`pragma synchronous`.execute(kysely)).rows).toMatchObject([
    { synchronous: FULL },
  ]);
  expect((await sql`pragma journal_mode`.execute(kysely)).rows).toMatchObject([
    { journal_mode: "wal" },
  ]);
  await kysely.destroy();
});

test(
  "two processes that open a new database at once both can use it",
  async () => {
    const children = [startChild("two"), startChild("two"), startChild("two")];
    try {
      const answers = await Promise.all(children.map((child) => child.ask("open")));
      expect(answers).toEqual(["open", "open", "open"]);
      const ends = await Promise.all(children.map((child) => child.end()));
      expect(ends).toEqual(children.map(() => ({ code: 0, errors: "" })));
    } finally {
      for (const child of children) child.kill();
    }
  },
  CHILD_TIMEOUT_MS,
);

test(
  "two processes write the same file at once",
  async () => {
    const child = startChild("shared");
    const database = await open("shared");
    try {
      child.tell("submit child-");
      const ids: number[] = [Number(await child.line())];
      for (let index = 0; index < 50; index += 1) {
        const submitted = await database.requests.submit(newRequest("store", `parent-${index}`));
        ids.push(requestOf(submitted).id, Number(await child.line()));
      }
      expect(new Set(ids).size).toBe(101);
    } finally {
      child.kill();
      await child.end();
      await database.close();
    }
  },
  CHILD_TIMEOUT_MS,
);

test(
  "what was acknowledged survives SIGKILL, again and again",
  async () => {
    const acknowledged: number[] = [];
    for (const round of [5, 20, 60]) {
      const child = startChild("killed");
      child.tell(`submit round-${round}-`);
      while (acknowledged.length < round) acknowledged.push(Number(await child.line()));
      child.kill();
      for (let line = await child.line(); line !== undefined; line = await child.line()) {
        // A line that the kill has cut is no acknowledgement.
        if (/^\d+$/.test(line)) acknowledged.push(Number(line));
      }
      await child.end();
    }
    const database = await open("killed");
    const { requests } = await database.requests.list({ kinds: ["store"] });
    const stored = new Set(requests.map(({ id }) => id));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    requestOf(await database.requests.submit(newRequest("store", "after")));
    await database.close();
  },
  CHILD_TIMEOUT_MS,
);
