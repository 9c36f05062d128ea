import { type Driver, Kysely, sql } from "kysely";
import Libsql from "libsql";
import { afterEach, expect, test } from "vitest";
import { LibsqlDialect } from "../src/embedded/libsql-dialect.ts";
import { LibsqlDriver } from "../src/embedded/libsql-driver.ts";
import { DriverFailure } from "../src/failures.ts";
import { SqlEngine, type SqlEngineParts } from "../src/sql-engine.ts";
import { silentLog } from "./silent-log.ts";

const away = new DriverFailure("away", "ECONNRESET");
const conflict = new DriverFailure("conflict", "ER_LOCK_DEADLOCK");
const openMemory = () => new Libsql(":memory:");
const engines: SqlEngine<unknown>[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

/** @param failures what commits fail with, one after the other */
function createEngine(
  failures: readonly Error[] = [],
  migrate: SqlEngineParts<unknown>["migrate"] = async () => undefined,
): SqlEngine<unknown> {
  const left = [...failures];
  class FailingDriver extends LibsqlDriver {
    override async commitTransaction(
      connection: Parameters<LibsqlDriver["commitTransaction"]>[0],
    ): Promise<void> {
      const failure = left.shift();
      if (failure !== undefined) throw failure;
      await super.commitTransaction(connection);
    }
  }
  class FailingDialect extends LibsqlDialect {
    override createDriver(): Driver {
      return new FailingDriver(openMemory);
    }
  }
  const kysely = new Kysely<unknown>({ dialect: new FailingDialect(openMemory) });
  const engine = new SqlEngine({ kysely, migrate, log: silentLog });
  engines.push(engine);
  return engine;
}

/** Fails with each of these in turn, then answers how often it was asked. */
function failing(...failures: readonly Error[]): () => Promise<number> {
  let count = 0;
  return async () => {
    const failure = failures[count];
    count += 1;
    if (failure !== undefined) throw failure;
    return count;
  };
}

test("conflicts are tried again", async () => {
  const engine = createEngine();
  expect(await engine.read(failing(conflict, conflict, conflict, conflict))).toBe(5);
  expect(await engine.write(failing(conflict, conflict))).toBe(3);
});

test("a lost connection is tried again twice", async () => {
  const engine = createEngine();
  expect(await engine.read(failing(away, away))).toBe(3);
  expect(await engine.write(failing(away, away))).toBe(3);
  const lost = engine.read(failing(away, away, away));
  await expect(lost).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("what was cut while it was committed is not done again", async () => {
  const engine = createEngine([away]);
  const work = failing();
  await expect(engine.write(work)).rejects.toThrow(/the change may have been made/);
  expect(await work()).toBe(2);
});

test("a commit that lost against another is done again", async () => {
  expect(await createEngine([conflict]).write(failing())).toBe(2);
});

test("what fails in a transaction leaves nothing behind", async () => {
  const engine = createEngine();
  await engine.read((db) => sql`create table t (a integer)`.execute(db));
  const broken = engine.write(async (tx) => {
    await sql`insert into t values (1)`.execute(tx);
    throw new Error("changed its mind");
  });
  await expect(broken).rejects.toThrow("changed its mind");
  expect((await engine.read((db) => sql`select * from t`.execute(db))).rows).toEqual([]);
});

test("bad SQL is INTERNAL, and is not shown", async () => {
  const engine = createEngine();
  const broken = engine.read((db) => sql`select secret_column from nowhere`.execute(db));
  await expect(broken).rejects.toMatchObject({ code: "INTERNAL" });
  await expect(broken).rejects.toThrow(/^database failed unexpectedly \(SQLITE_ERROR\)$/);
});

test("tables are brought up to date once, before anything else", async () => {
  let count = 0;
  const engine = createEngine([], async () => {
    count += 1;
  });
  await Promise.all([engine.read(failing()), engine.write(failing()), engine.prepare()]);
  expect(count).toBe(1);
});

test("a migration that failed is tried again by the next call", async () => {
  const migrate = failing(away, away, away);
  const engine = createEngine([], async () => void (await migrate()));
  await expect(engine.read(failing())).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await engine.read(failing())).toBe(1);
});
