import { DELETED_BLOCK } from "@ofs/store";
import { describe, expect, test } from "vitest";
import { textBlock } from "../fixtures.ts";
import { type ContractContext, hex, shown, T0 } from "./contract-context.ts";

/** Now, so that what was deleted is still remembered whatever clock the store goes by. */
const T = Date.now() * 1000;

const GONE = undefined;

/** What a delete takes away, and what stays. */
export function deletesContract(context: () => ContractContext): void {
  describe("deletes", () => {
    const remove = async (key: string, writeTimeMicros: number): Promise<void> => {
      const { store, users } = context();
      const row = [[key], DELETED_BLOCK] as const;
      expect(await users.write(store, [users.scores], [row], writeTimeMicros)).toEqual([undefined]);
    };
    const put = async (key: string, text: string, writeTimeMicros: number): Promise<void> => {
      const { store, users } = context();
      const row = [[key], textBlock(text)] as const;
      expect(await users.write(store, [users.scores], [row], writeTimeMicros)).toEqual([undefined]);
    };
    const scoresOf = async (key: string): Promise<string | undefined> => {
      const { store, users } = context();
      const [cell] = shown(await users.read(store, [[key]], [users.scores]));
      return cell;
    };

    test("what is deleted reads as if it had never been written, and other groups stay", async () => {
      const { store, users } = context();
      const [tags, vectors] = [textBlock("tags"), textBlock("v".repeat(2000))];
      await users.write(store, users.groups, [[["gone"], textBlock("s"), tags, vectors]], T);
      await remove("gone", T + 1);
      expect(shown(await users.read(store, [["gone"]]))).toEqual([GONE, hex(tags), hex(vectors)]);
    });

    test("all groups of a key, and of several keys of which some were never written", async () => {
      const { store, users, pairs } = context();
      for (const table of [users, pairs]) {
        const keys = ["all-1", "all-2", "all-never"].map((key) =>
          table === users ? [key] : [key, "x"],
        );
        const written = keys
          .slice(0, 2)
          .map((key) => [key, ...table.groups.map(({ label }) => textBlock(label))] as const);
        await table.write(store, table.groups, written, T);
        const deleted = keys.map((key) => [key, ...table.groups.map(() => DELETED_BLOCK)] as const);
        expect(await table.write(store, table.groups, deleted, T + 1)).toEqual(
          Array(3).fill(undefined),
        );
        expect(shown(await table.read(store, keys))).toEqual(Array(9).fill(GONE));
      }
    });

    test.each([
      ["before", [0, 1]],
      ["after", [1, 0]],
    ])("an older write that comes %s it stays without effect", async (when, order) => {
      const key = `older-${when}`;
      const steps = [() => put(key, "older", T), () => remove(key, T + 1)];
      for (const step of order) await steps[step]?.();
      expect(await scoresOf(key)).toBe(GONE);
      await put(key, "older still", T - 1);
      expect(await scoresOf(key)).toBe(GONE);
    });

    test("an older write stays without effect beside groups that are there", async () => {
      const { store, users } = context();
      const tags = textBlock("tags");
      await users.write(store, [users.tags], [[["beside"], tags]], T - 5);
      await remove("beside", T);
      await put("beside", "late", T - 1);
      expect(shown(await users.read(store, [["beside"]]))).toEqual([GONE, hex(tags), GONE]);
    });

    test("a newer write is served, whether it comes before or after", async () => {
      await put("newer", "newer", T + 2);
      await remove("newer", T + 1);
      expect(await scoresOf("newer")).toBe(hex(textBlock("newer")));
      await remove("newer", T + 3);
      expect(await scoresOf("newer")).toBe(GONE);
      await put("newer", "newest", T + 4);
      expect(await scoresOf("newer")).toBe(hex(textBlock("newest")));
      await remove("newer", T + 3);
      expect(await scoresOf("newer")).toBe(hex(textBlock("newest")));
    });

    test("of one time the delete wins, whichever comes first", async () => {
      await put("tie", "zzz", T);
      await remove("tie", T);
      expect(await scoresOf("tie")).toBe(GONE);
      await put("tie", "zzz", T);
      expect(await scoresOf("tie")).toBe(GONE);
      await put("tie", "a", T + 1);
      expect(await scoresOf("tie")).toBe(hex(textBlock("a")));
    });

    test("it may be repeated, and an older one changes nothing", async () => {
      for (const time of [T + 5, T + 5, T]) await remove("repeated", time);
      await put("repeated", "between", T + 3);
      expect(await scoresOf("repeated")).toBe(GONE);
      await put("repeated", "after", T + 6);
      expect(await scoresOf("repeated")).toBe(hex(textBlock("after")));
    });

    test("deletes and writes in one call, each with a time of its own", async () => {
      const { store, users } = context();
      const keys = Array.from({ length: 60 }, (_, index) => [`mixed-${index}`]);
      const before = keys.map((key) => [key, textBlock("before")] as const);
      await users.write(store, [users.scores], before, T0);
      const outcomes = await users.writeTimed(
        store,
        users.scores,
        keys.map((key, index) => ({
          key,
          block: index % 2 === 0 ? DELETED_BLOCK : textBlock("after"),
          // Every third is late.
          writeTimeMicros: index % 3 === 0 ? T0 - 1 : T0 + 1,
        })),
      );
      expect(outcomes).toEqual(Array(60).fill(undefined));
      const expected = keys.map((_, index) => {
        if (index % 3 === 0) return hex(textBlock("before"));
        return index % 2 === 0 ? GONE : hex(textBlock("after"));
      });
      expect(shown(await users.read(store, keys, [users.scores]))).toEqual(expected);
    });

    test("one row may lose a group and get another", async () => {
      const { store, users } = context();
      const rest = [users.scores, users.tags];
      await users.write(store, rest, [[["swap"], textBlock("zz"), textBlock("old")]], T);
      await users.write(store, rest, [[["swap"], DELETED_BLOCK, textBlock("tags")]], T);
      const cells = shown(await users.read(store, [["swap"]], rest));
      expect(cells).toEqual([GONE, hex(textBlock("tags"))]);
    });
  });
}
