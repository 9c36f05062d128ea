import { describe, expect, test } from "vitest";
import { blockOf, textBlock } from "../fixtures.ts";
import { type ContractContext, codes, hex, shown, T0, Table } from "./contract-context.ts";

/** Deadlines, whose the bytes are, schema and life cycle. */
export function limitsContract(context: () => ContractContext): void {
  describe("limits of time", () => {
    test("a read whose deadline has passed fails in each cell", async () => {
      const { store, users } = context();
      const limits = { deadlineMs: Date.now() - 1 };
      const cells = await users.read(store, [["late"], ["later"]], users.groups, limits);
      expect(codes(cells)).toEqual(Array(6).fill("DEADLINE_EXCEEDED"));
    });

    test("a write whose deadline has passed fails in each row and writes nothing", async () => {
      const { store, users } = context();
      const rows = [
        [["late-1"], textBlock("x")],
        [["late-2"], textBlock("x")],
      ] as const;
      const limits = { deadlineMs: Date.now() - 1 };
      const outcomes = await users.write(store, [users.scores], rows, T0, limits);
      expect(codes(outcomes)).toEqual(["DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"]);
      const cells = await users.read(store, [["late-1"], ["late-2"]], [users.scores]);
      expect(shown(cells)).toEqual([undefined, undefined]);
    });

    test("a cancelled read fails in each cell", async () => {
      const { store, users } = context();
      const limits = { signal: AbortSignal.abort() };
      const cells = await users.read(store, [["cancelled"]], users.groups, limits);
      expect(codes(cells)).toEqual(Array(3).fill("CANCELLED"));
    });

    test("a cancelled write fails in each row and writes nothing", async () => {
      const { store, users } = context();
      const limits = { signal: AbortSignal.abort() };
      const rows = [[["cancelled"], textBlock("x")]] as const;
      const outcomes = await users.write(store, [users.scores], rows, T0, limits);
      expect(codes(outcomes)).toEqual(["CANCELLED"]);
      const cells = await users.read(store, [["cancelled"]], [users.scores]);
      expect(shown(cells)).toEqual([undefined]);
    });

    test("a deadline that lies ahead changes nothing", async () => {
      const { store, users } = context();
      const limits = { deadlineMs: Date.now() + 30_000, signal: new AbortController().signal };
      const block = textBlock("in time");
      const rows = [[["in-time"], block]] as const;
      expect(await users.write(store, [users.scores], rows, T0, limits)).toEqual([undefined]);
      const cells = await users.read(store, [["in-time"]], [users.scores], limits);
      expect(shown(cells)).toEqual([hex(block)]);
    });
  });

  describe("bytes", () => {
    test("bytes that were read stay as they were, whatever is read or written after", async () => {
      const { store, users } = context();
      const before = textBlock("before");
      const rows = Array.from({ length: 20 }, (_, index) => {
        return [[`keep-${index}`], textBlock(`keep ${index}`), blockOf(900, index)] as const;
      });
      const groups = [users.scores, users.vectors];
      await users.write(store, groups, [[["keep"], before, blockOf(900, 1)], ...rows], T0);
      const kept = await users.read(store, [["keep"]], groups);
      const seen = shown(kept);
      await users.write(store, groups, [[["keep"], textBlock("after"), blockOf(900, 9)]], T0 + 1);
      await users.read(store, [["keep"], ...rows.map(([key]) => key)], groups);
      expect(shown(kept)).toEqual(seen);
      expect(seen[0]).toBe(hex(before));
    });

    test("the caller may change the bytes that it read", async () => {
      const { store, users } = context();
      const block = textBlock("mine");
      await users.write(store, [users.scores], [[["mine"], block]]);
      const [first] = await users.read(store, [["mine"]], [users.scores]);
      (first as Uint8Array).fill(0xff);
      expect(shown(await users.read(store, [["mine"]], [users.scores]))).toEqual([hex(block)]);
    });

    test("the caller may reuse its buffer once a write is acknowledged", async () => {
      const { store, users } = context();
      const block = textBlock("sent");
      const sent = hex(block);
      await users.write(store, [users.scores], [[["sent"], block]]);
      block.fill(0xff);
      expect(shown(await users.read(store, [["sent"]], [users.scores]))).toEqual([sent]);
    });
  });

  describe("schema and life cycle", () => {
    test("prepare may be repeated, also by two connections at once", async () => {
      const { store, subject } = context();
      const other = await subject.connect();
      try {
        const table = new Table(subject, ["user_id"]);
        await Promise.all([store.prepare(table, table.groups), other.prepare(table, table.groups)]);
        await store.prepare(table, table.groups);
        const block = textBlock("prepared");
        await table.write(store, [table.tags], [[["1"], block]]);
        const cells = await table.read(other, [["1"]], [table.tags]);
        expect(shown(cells)).toEqual([hex(block)]);
      } finally {
        await other.close();
      }
    }, 60_000);

    test("a group that is added later is usable after prepare", async () => {
      const { store, subject } = context();
      const table = new Table(subject, ["user_id"]);
      await store.prepare(table, [table.scores]);
      const scores = textBlock("stored before");
      await table.write(store, [table.scores], [[["1"], scores]]);

      await store.prepare(table, table.groups);
      const added = blockOf(2500, 3);
      await table.write(store, [table.vectors], [[["1"], added]], T0 + 1);
      const cells = await table.read(store, [["1"]]);
      expect(shown(cells)).toEqual([hex(scores), undefined, hex(added)]);
    }, 60_000);

    test("a store that is up answers a ping", async () => {
      const { store } = context();
      await expect(store.ping()).resolves.toBeUndefined();
    });

    test("close may be repeated; a closed store is unavailable", async () => {
      const { users, subject } = context();
      const other = await subject.connect();
      await other.close();
      await other.close();
      expect(codes(await users.read(other, [["a"]], [users.scores]))).toEqual(["UNAVAILABLE"]);
      const rows = [[["closed"], textBlock("x")]] as const;
      const outcomes = await users.write(other, [users.scores], rows);
      expect(codes(outcomes)).toEqual(["UNAVAILABLE"]);
      await expect(other.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    });
  });
}
