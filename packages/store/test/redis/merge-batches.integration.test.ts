import type { BlockRow, RowOutcome } from "@ofs/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { siblingKey } from "../../src/redis/record-names.ts";
import { blockOf, textBlock } from "../fixtures.ts";
import { ask, KINDS, openConnection, RedisTable } from "./redis-fixtures.ts";

const T0 = 1_750_000_000_000_000;

/** Rows that share a script call, where the kind of Redis allows it. */
describe.each(KINDS)("rows of one write to redis %s", (kind) => {
  let table: RedisTable;

  beforeAll(async () => {
    table = new RedisTable(await openConnection(kind));
  });

  afterAll(async () => {
    await table.connection.close();
  });

  /** Writes the first group. */
  function write(rows: readonly BlockRow[]): Promise<RowOutcome[]> {
    return table.store.write({
      entity: table.entity,
      store: table.definition,
      groups: [table.groups[0]],
      rows,
      writeTimeMicros: T0,
      deadlineMs: Number.POSITIVE_INFINITY,
    });
  }

  async function firstGroups(keys: readonly string[]): Promise<(string | undefined)[]> {
    const read = await Promise.all(keys.map((key) => table.read(key)));
    return read.map(([first]) => first);
  }

  test("each has its own outcome, whatever the others meet", async () => {
    const keys = ["a", "corrupt", "b", "a list", "c", "its times a list", "d"].map(
      (key) => `mixed ${key}`,
    );
    const [, corrupt, , list, , timesList] = keys as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    await ask(table.connection, "set", table.name(corrupt), Buffer.from([9]));
    await ask(table.connection, "rpush", table.name(list), "x");
    await table.write(timesList, { 0: textBlock("before") });
    const times = siblingKey(table.name(timesList));
    await ask(table.connection, "del", times);
    await ask(table.connection, "rpush", times, "x");

    const outcomes = await write(keys.map((key) => ({ key: [key], blocks: [textBlock(key)] })));
    expect(outcomes.map((outcome) => outcome?.code)).toEqual([
      undefined,
      "FAILED_PRECONDITION",
      undefined,
      "FAILED_PRECONDITION",
      undefined,
      "FAILED_PRECONDITION",
      undefined,
    ]);
    expect(outcomes[1]?.message).toContain(`${table.name(corrupt)} is corrupt`);
    expect(outcomes[3]?.message).toMatch(/WRONGTYPE.*mixed a list/);
    expect(outcomes[5]?.message).toMatch(/WRONGTYPE.*mixed its times a list/);
    expect(await firstGroups(keys)).toEqual([
      keys[0],
      "FAILED_PRECONDITION",
      keys[2],
      undefined,
      keys[4],
      "before",
      keys[6],
    ]);
  });

  test("each counts by its own write time, and keeps it", async () => {
    const keys = Array.from({ length: 230 }, (_, i) => `timed ${i}`);
    const rowsAt = (text: string, timeOf: (i: number) => number): BlockRow[] =>
      keys.map((key, i) => ({
        key: [key],
        blocks: [textBlock(text)],
        writeTimeMicros: T0 + timeOf(i),
      }));
    await write(rowsAt("first", (i) => i));
    await write(rowsAt("second", () => 20));
    const expected = keys.map((_, i) => (i <= 20 ? "second" : "first"));
    expect(await firstGroups(keys)).toEqual(expected);
    const stored = await Promise.all(
      keys.map((key) => ask(table.connection, "hget", siblingKey(table.name(key)), "0")),
    );
    expect(stored.map(String)).toEqual(keys.map((_, i) => String(T0 + Math.max(i, 20))));
  });

  test("large and small ones all arrive", async () => {
    const sizes = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 60_000 : 20 + i));
    const rows = sizes.map((size, i) => ({ key: [`sized ${i}`], blocks: [blockOf(size, i)] }));
    expect(await write(rows)).toEqual(rows.map(() => undefined));
    const cells = await table.store.read({
      entity: table.entity,
      store: table.definition,
      groups: [table.groups[0]],
      keys: rows.map(({ key }) => key),
      deadlineMs: Number.POSITIVE_INFINITY,
    });
    expect(cells.map((cell) => (cell as Uint8Array).length)).toEqual(sizes);
    expect(
      cells.every((cell, i) => Buffer.compare(cell as Buffer, rows[i]?.blocks[0] as Buffer) === 0),
    ).toBe(true);
  });
});
