import { encodeRecord } from "@ofs/codec";
import { DELETE_MEMORY_MS, DELETED_BLOCK } from "@ofs/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { siblingKey } from "../../src/redis/record-names.ts";
import { textBlock } from "../fixtures.ts";
import { ask, expiringBlock, KINDS, openConnection, RedisTable } from "./redis-fixtures.ts";

const T0 = 1_750_000_000_000_000;

describe.each(KINDS)("deletes in redis %s", (kind) => {
  let table: RedisTable;

  beforeAll(async () => {
    table = new RedisTable(await openConnection(kind));
  });

  afterAll(async () => {
    await table.connection.close();
  });

  function ahead(seconds: number): number {
    return Math.floor(table.nowMs / 1000) + seconds;
  }

  test("the group leaves the record, so that other implementations find it missing", async () => {
    await table.write("part", { 0: textBlock("s"), 1: textBlock("t") }, T0);
    await table.write("part", { 0: DELETED_BLOCK }, T0 + 1);
    const rest = encodeRecord([{ groupId: 1, block: textBlock("t") }]);
    expect(await table.record("part")).toEqual(rest);
    await table.write("part", { 1: DELETED_BLOCK }, T0 + 1);
    expect(await table.record("part")).toBe(null);
  });

  test("what is remembered of a record that is gone expires", async () => {
    await table.write("whole", { 0: textBlock("s") }, T0);
    await table.write("whole", { 0: DELETED_BLOCK }, T0 + 1);
    const [record, sibling] = await table.ttlsMs("whole");
    expect(record).toBe(-2);
    expect(sibling).toBeLessThanOrEqual(DELETE_MEMORY_MS);
    expect(sibling).toBeGreaterThan(DELETE_MEMORY_MS - 60_000);
  });

  test("it is remembered for its time and no longer", async () => {
    const before = table.nowMs;
    await table.write("memory", { 0: DELETED_BLOCK }, T0);
    table.nowMs += DELETE_MEMORY_MS - 1;
    await table.write("memory", { 0: textBlock("late") }, T0 - 1);
    expect(await table.read("memory")).toEqual([undefined, undefined, undefined]);
    table.nowMs += 1;
    await table.write("memory", { 0: textBlock("later") }, T0 - 1);
    expect(await table.read("memory")).toEqual(["later", undefined, undefined]);
    table.nowMs = before;
  });

  test("a record that expires before leaves what is remembered", async () => {
    const before = table.nowMs;
    await table.write("outlived", { 1: DELETED_BLOCK }, T0);
    await table.write("outlived", { 0: expiringBlock("s", ahead(10)) }, T0);
    const [record, sibling] = await table.ttlsMs("outlived");
    expect(record).toBeLessThanOrEqual(11_000);
    expect(sibling).toBeGreaterThan(DELETE_MEMORY_MS - 60_000);
    await ask(table.connection, "del", table.name("outlived"));
    await table.write("outlived", { 0: textBlock("s2"), 1: textBlock("older") }, T0 - 1);
    expect(await table.read("outlived")).toEqual(["s2", undefined, undefined]);
    table.nowMs = before;
  });

  test("what is not remembered any more leaves the sibling", async () => {
    const before = table.nowMs;
    const sibling = siblingKey(table.name("purged"));
    await table.write("purged", { 0: textBlock("s"), 1: DELETED_BLOCK }, T0);
    expect(String(await ask(table.connection, "hget", sibling, "d"))).toBe(
      `1:${T0}:${table.nowMs + DELETE_MEMORY_MS}`,
    );
    table.nowMs += DELETE_MEMORY_MS;
    await table.write("purged", { 0: textBlock("s2") }, T0 + 1);
    expect(await ask(table.connection, "hget", sibling, "d")).toBe(null);
    table.nowMs = before;
  });

  test("a record that another implementation has put there is deleted from, if it was not deleted later", async () => {
    await table.setRecord("foreign", [[0, textBlock("their s")]]);
    await table.write("foreign", { 0: DELETED_BLOCK }, T0);
    expect(await table.read("foreign")).toEqual([undefined, undefined, undefined]);
    await table.setRecord("foreign", [[0, textBlock("their new s")]]);
    await table.write("foreign", { 0: DELETED_BLOCK }, T0 - 1);
    expect(await table.read("foreign")).toEqual(["their new s", undefined, undefined]);
    await table.write("foreign", { 0: DELETED_BLOCK }, T0);
    expect(await table.read("foreign")).toEqual([undefined, undefined, undefined]);
  });

  test("a corrupt record goes only with all groups", async () => {
    await ask(table.connection, "set", table.name("corrupt"), Buffer.from([2, 0]));
    const fault = await table.write("corrupt", { 0: DELETED_BLOCK }, T0);
    expect(fault?.code).toBe("FAILED_PRECONDITION");
    const all = { 0: DELETED_BLOCK, 1: DELETED_BLOCK, 2: DELETED_BLOCK };
    expect(await table.write("corrupt", all, T0)).toBe(undefined);
    expect(await table.record("corrupt")).toBe(null);
  });
});
