import { encodeRecord } from "@ofs/codec";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { siblingKey } from "../../src/redis/record-names.ts";
import { featureGroup, textBlock } from "../fixtures.ts";
import { ask, expiringBlock, KINDS, openConnection, RedisTable } from "./redis-fixtures.ts";

const T0 = 1_750_000_000_000_000;

describe.each(KINDS)("redis %s", (kind) => {
  let table: RedisTable;

  beforeAll(async () => {
    table = new RedisTable(await openConnection(kind));
  });

  afterAll(async () => {
    await table.connection.close();
  });

  /** Expiry that lies `seconds` ahead of the table's clock. */
  function ahead(seconds: number): number {
    return Math.floor(table.nowMs / 1000) + seconds;
  }

  /** A TTL read a moment after it was set. */
  function expectTtl(actualMs: number, wantedMs: number): void {
    // A second more: the last one counts.
    expect(actualMs).toBeLessThanOrEqual(wantedMs + 1000);
    expect(actualMs).toBeGreaterThan(wantedMs - 5000);
  }

  describe("the record", () => {
    test("has the published layout, by ascending group id", async () => {
      await table.write("layout", { 2: textBlock("v"), 0: textBlock("s") });
      await table.write("layout", { 1: textBlock("t") });
      const expected = encodeRecord([
        { groupId: 0, block: textBlock("s") },
        { groupId: 1, block: textBlock("t") },
        { groupId: 300, block: textBlock("v") },
      ]);
      expect(await table.record("layout")).toEqual(expected);
    });

    test("of another implementation is read, and merged into", async () => {
      await table.setRecord("foreign", [
        [300, textBlock("their v")],
        [0, textBlock("their s")],
        [7, textBlock("group we do not know")],
      ]);
      expect(await table.read("foreign")).toEqual(["their s", undefined, "their v"]);
      expect(await table.write("foreign", { 0: textBlock("our s"), 1: textBlock("our t") })).toBe(
        undefined,
      );
      expect(await table.record("foreign")).toEqual(
        encodeRecord([
          { groupId: 0, block: textBlock("our s") },
          { groupId: 1, block: textBlock("our t") },
          { groupId: 7, block: textBlock("group we do not know") },
          { groupId: 300, block: textBlock("their v") },
        ]),
      );
    });

    test("that another implementation replaced is merged into by write time", async () => {
      await table.write("replaced", { 0: textBlock("ours") }, T0 + 10);
      await table.setRecord("replaced", [[1, textBlock("theirs")]]);
      await table.write("replaced", { 0: textBlock("late") }, T0);
      expect(await table.read("replaced")).toEqual([undefined, "theirs", undefined]);
      await table.write("replaced", { 0: textBlock("newer") }, T0 + 11);
      expect(await table.read("replaced")).toEqual(["newer", "theirs", undefined]);
    });

    test("may hold negative entries; a merge drops them", async () => {
      await table.setRecord("negative", [
        [0, Buffer.alloc(0)],
        [1, textBlock("t")],
      ]);
      expect(await table.read("negative")).toEqual([undefined, "t", undefined]);
      await table.write("negative", { 2: textBlock("v") });
      expect(await table.record("negative")).toEqual(
        encodeRecord([
          { groupId: 1, block: textBlock("t") },
          { groupId: 300, block: textBlock("v") },
        ]),
      );
    });

    test("with a group twice counts the last entry", async () => {
      const twice = Buffer.concat([
        encodeRecord([{ groupId: 0, block: textBlock("first") }]),
        encodeRecord([{ groupId: 0, block: textBlock("last") }]).subarray(1),
      ]);
      await ask(table.connection, "set", table.name("twice"), twice);
      expect(await table.read("twice")).toEqual(["last", undefined, undefined]);
      await table.write("twice", { 1: textBlock("t") });
      expect(await table.read("twice")).toEqual(["last", "t", undefined]);
    });

    test("of no entries is no data, and merged into", async () => {
      await ask(table.connection, "set", table.name("empty"), Buffer.from([1]));
      expect(await table.read("empty")).toEqual([undefined, undefined, undefined]);
      await table.write("empty", { 1: textBlock("t") });
      expect(await table.read("empty")).toEqual([undefined, "t", undefined]);
    });
  });

  describe("a corrupt record", () => {
    const good = encodeRecord([
      { groupId: 0, block: textBlock("s") },
      { groupId: 1, block: textBlock("t") },
    ]);

    test.each([
      ["is cut", good.subarray(0, -1), 15],
      ["has trailing bytes", Buffer.concat([good, Buffer.from([0])]), 29],
      ["is of another version", Buffer.concat([Buffer.from([2]), good.subarray(1)]), 0],
      ["is empty", Buffer.alloc(0), 0],
    ])("that %s is an error for its key alone", async (what, bytes, offset) => {
      const key = `corrupt ${what}`;
      await ask(table.connection, "set", table.name(key), bytes);
      await table.write("healthy", { 0: textBlock("fine") });
      const cells = await table.store.read({
        entity: table.entity,
        store: table.definition,
        groups: [table.groups[0]],
        keys: [[key], ["healthy"]],
        deadlineMs: Number.POSITIVE_INFINITY,
      });
      expect(cells[0]).toMatchObject({ code: "FAILED_PRECONDITION" });
      expect(cells[1]).toEqual(new Uint8Array(textBlock("fine")));

      expect(await table.write(key, { 0: textBlock("some") })).toMatchObject({
        code: "FAILED_PRECONDITION",
        message: `redis record ${table.name(key)} is corrupt (at byte ${offset}): only a write of all groups of ${table.entity.label} replaces it`,
      });
      expect(await table.record(key)).toEqual(bytes);

      const all = { 0: textBlock("a"), 1: textBlock("b"), 2: textBlock("c") };
      expect(await table.write(key, all)).toBeUndefined();
      expect(await table.read(key)).toEqual(["a", "b", "c"]);
    });

    test("is not replaced while a group of the entity cannot be told", async () => {
      await ask(table.connection, "set", table.name("half-known"), Buffer.from([9]));
      const disabledGroups = new Map([["broken", "no data type"]]);
      const [outcome] = await table.store.write({
        entity: { ...table.entity, disabledGroups },
        store: table.definition,
        groups: table.groups,
        rows: [{ key: ["half-known"], blocks: table.groups.map(() => textBlock("x")) }],
        writeTimeMicros: T0,
        deadlineMs: Number.POSITIVE_INFINITY,
      });
      expect(outcome).toMatchObject({ code: "FAILED_PRECONDITION" });
    });

    test("is replaced by all groups of this store, whatever other stores hold", async () => {
      await ask(table.connection, "set", table.name("other-store"), Buffer.from([9]));
      const elsewhere = featureGroup({ label: "elsewhere", id: 5, storeId: "2" });
      const groups = new Map([...table.entity.groups, ["elsewhere", elsewhere]]);
      const [outcome] = await table.store.write({
        entity: { ...table.entity, groups },
        store: table.definition,
        groups: table.groups,
        rows: [{ key: ["other-store"], blocks: table.groups.map(() => textBlock("x")) }],
        writeTimeMicros: T0,
        deadlineMs: Number.POSITIVE_INFINITY,
      });
      expect(outcome).toBeUndefined();
    });

    test("block within a record stays as it is", async () => {
      const short = Buffer.from("short");
      await table.setRecord("corrupt-block", [[0, short]]);
      await table.write("corrupt-block", { 1: textBlock("t") });
      expect(await table.record("corrupt-block")).toEqual(
        encodeRecord([
          { groupId: 0, block: short },
          { groupId: 1, block: textBlock("t") },
        ]),
      );
    });

    test("a key of another Redis type fails its row only", async () => {
      await ask(table.connection, "rpush", table.name("a-list"), "x");
      expect(await table.write("a-list", { 0: textBlock("s") })).toMatchObject({
        code: "FAILED_PRECONDITION",
      });
      expect(await table.read("a-list")).toEqual([undefined, undefined, undefined]);
    });
  });

  describe("expiry", () => {
    test("the TTL is the longest remaining lifetime, of record and sibling", async () => {
      await table.write("ttl", { 0: expiringBlock("s", ahead(100)) });
      for (const ttlMs of await table.ttlsMs("ttl")) expectTtl(ttlMs, 100_000);
      await table.write("ttl", { 1: expiringBlock("t", ahead(1000)) });
      for (const ttlMs of await table.ttlsMs("ttl")) expectTtl(ttlMs, 1_000_000);
      await table.write("ttl", { 0: expiringBlock("s", ahead(50)) }, T0 + 1);
      for (const ttlMs of await table.ttlsMs("ttl")) expectTtl(ttlMs, 1_000_000);
      await table.write("ttl", { 1: expiringBlock("t", ahead(70)) }, T0 + 1);
      for (const ttlMs of await table.ttlsMs("ttl")) expectTtl(ttlMs, 70_000);
    });

    test("a group that never expires takes the TTL away, and gives it back when replaced", async () => {
      await table.write("lasting", { 0: expiringBlock("s", ahead(100)) });
      await table.write("lasting", { 1: textBlock("for ever") });
      expect(await table.ttlsMs("lasting")).toEqual([-1, -1]);
      await table.write("lasting", { 0: expiringBlock("s", ahead(200)) }, T0 + 1);
      expect(await table.ttlsMs("lasting")).toEqual([-1, -1]);
      await table.write("lasting", { 1: expiringBlock("t", ahead(300)) }, T0 + 1);
      for (const ttlMs of await table.ttlsMs("lasting")) expectTtl(ttlMs, 300_000);
    });

    test("a lifetime of a thousand years is kept as it is", async () => {
      const years = 1000 * 365 * 86_400;
      await table.write("millennium", { 0: expiringBlock("s", ahead(years)) });
      for (const ttlMs of await table.ttlsMs("millennium")) expectTtl(ttlMs, years * 1000);
    });

    test("a merge drops only the groups that have expired", async () => {
      await table.write("drop", {
        0: expiringBlock("gone", ahead(10)),
        1: expiringBlock("live", ahead(100)),
      });
      table.nowMs += 11_000;
      await table.write("drop", { 2: expiringBlock("new", ahead(60)) });
      expect(await table.read("drop")).toEqual([undefined, "live", "new"]);
      table.nowMs -= 11_000;
    });

    test("a group is live in the whole of its last second and gone a millisecond after", async () => {
      const before = table.nowMs;
      const last = ahead(10);
      await table.write("edge", { 0: expiringBlock("s", last), 1: textBlock("t") });
      table.nowMs = last * 1000;
      await table.write("edge", { 1: textBlock("t1") }, T0 + 1);
      expect(await table.read("edge")).toEqual(["s", "t1", undefined]);
      table.nowMs = last * 1000 + 1;
      await table.write("edge", { 1: textBlock("t2") }, T0 + 2);
      expect(await table.read("edge")).toEqual([undefined, "t2", undefined]);
      table.nowMs = before;
    });

    test("when all groups have expired the record goes, and its write times with it", async () => {
      const before = table.nowMs;
      await table.write("all", { 0: expiringBlock("s", ahead(10)) }, T0);
      table.nowMs += 20_000;
      await table.write("all", { 0: expiringBlock("late", ahead(-5)) }, T0 + 1);
      expect(await table.ttlsMs("all")).toEqual([-2, -2]);
      table.nowMs = before;
    });

    test("an expired group's write time still refuses older writes", async () => {
      const before = table.nowMs;
      await table.write(
        "replay",
        { 0: expiringBlock("new", ahead(10)), 1: textBlock("t") },
        T0 + 5,
      );
      table.nowMs += 20_000;
      await table.write("replay", { 1: textBlock("t2") }, T0 + 6);
      await table.write("replay", { 0: expiringBlock("old", ahead(10)) }, T0);
      expect(await table.read("replay")).toEqual([undefined, "t2", undefined]);
      table.nowMs = before;
    });

    test("decodes the calendar as the codec does", async () => {
      const seconds = fc.integer({ min: ahead(3600), max: 400_000_000_000 });
      await fc.assert(
        fc.asyncProperty(seconds, fc.boolean(), async (expiryAtSeconds, isPast) => {
          const before = table.nowMs;
          const key = `calendar ${expiryAtSeconds} ${isPast}`;
          await table.write(key, { 0: expiringBlock("s", expiryAtSeconds), 1: textBlock("t") });
          table.nowMs = expiryAtSeconds * 1000 + (isPast ? 1 : 0);
          await table.write(key, { 1: textBlock("t2") }, T0 + 1);
          table.nowMs = before;
          expect(await table.read(key)).toEqual([isPast ? undefined : "s", "t2", undefined]);
        }),
        { numRuns: 100 },
      );
    });
  });

  describe("write times", () => {
    test("are in the sibling, by group id", async () => {
      await table.write("times", { 0: textBlock("s"), 2: textBlock("v") }, T0);
      await table.write("times", { 2: textBlock("v2") }, T0 + 1);
      const sibling = siblingKey(table.name("times"));
      expect(sibling).toBe(`{${table.name("times")}}:wt`);
      expect(String(await ask(table.connection, "hget", sibling, "0"))).toBe(String(T0));
      expect(String(await ask(table.connection, "hget", sibling, "300"))).toBe(String(T0 + 1));
    });

    test("of a key with a brace are in a sibling of another name", async () => {
      await table.write("{tag}", { 0: textBlock("s") }, T0);
      const sibling = `ofs:wt:${table.name("{tag}")}`;
      expect(String(await ask(table.connection, "hget", sibling, "0"))).toBe(String(T0));
    });

    test("do not outlive a record that was deleted or evicted", async () => {
      await table.write("evicted", { 0: textBlock("s"), 1: textBlock("t") }, T0 + 10);
      await ask(table.connection, "del", table.name("evicted"));
      await table.write("evicted", { 0: textBlock("older, but all there is") }, T0);
      expect(await table.read("evicted")).toEqual([
        "older, but all there is",
        undefined,
        undefined,
      ]);
      const sibling = siblingKey(table.name("evicted"));
      expect(await ask(table.connection, "hlen", sibling)).toBe(1);
    });

    test("an older write leaves record and TTL as they were", async () => {
      await table.write("older", { 0: expiringBlock("s", ahead(100)) }, T0 + 1);
      await table.write("older", { 0: textBlock("late, for ever") }, T0);
      expect(await table.read("older")).toEqual(["s", undefined, undefined]);
      for (const ttlMs of await table.ttlsMs("older")) expectTtl(ttlMs, 100_000);
    });
  });

  test("many writers of many groups of one key lose nothing, in any order of arrival", async () => {
    const connections = await Promise.all([1, 2, 3, 4].map(() => openConnection(kind)));
    try {
      const tables = connections.map((connection) => new RedisTable(connection));
      const [first] = tables as [RedisTable];
      const groups = Array.from({ length: 30 }, (_, id) => featureGroup({ label: `g${id}`, id }));
      const writes = groups.flatMap((group) =>
        [3, 1, 4, 0, 2].map((time) => {
          const { store } = tables[(group.id + time) % tables.length] as RedisTable;
          return store.write({
            entity: first.entity,
            store: first.definition,
            groups: [group],
            rows: [{ key: ["hot"], blocks: [textBlock(`${group.label} at ${time}`)] }],
            writeTimeMicros: T0 + time,
            deadlineMs: Number.POSITIVE_INFINITY,
          });
        }),
      );
      expect((await Promise.all(writes)).flat()).toEqual(writes.map(() => undefined));
      expect(await first.record("hot")).toEqual(
        encodeRecord(
          groups.map(({ id, label }) => ({ groupId: id, block: textBlock(`${label} at 4`) })),
        ),
      );
    } finally {
      await Promise.all(connections.map((connection) => connection.close()));
    }
  });

  test("a block that is too large fails its row and no other", async () => {
    const outcomes = await table.store.write({
      entity: table.entity,
      store: table.definition,
      groups: [table.groups[0], table.groups[1]],
      rows: [
        { key: ["too-large"], blocks: [textBlock("s"), Buffer.alloc(65_536)] },
        { key: ["fits"], blocks: [textBlock("s"), Buffer.alloc(65_535, 1)] },
      ],
      writeTimeMicros: T0,
      deadlineMs: Number.POSITIVE_INFINITY,
    });
    expect(outcomes).toMatchObject([
      {
        code: "INVALID_ARGUMENT",
        message: "block of 65536 bytes of feature group tags: redis stores up to 65535",
      },
      undefined,
    ]);
    expect(await table.record("too-large")).toBeNull();
  });
});
