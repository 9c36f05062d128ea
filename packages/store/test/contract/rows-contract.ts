import type { KeyValues } from "@ofs/store";
import { describe, expect, test } from "vitest";
import { blockOf, textBlock } from "../fixtures.ts";
import { type ContractContext, codes, hex, shown, T0 } from "./contract-context.ts";

/** What rows, keys and blocks a store must keep. */
export function rowsContract(context: () => ContractContext): void {
  describe("rows and groups", () => {
    test("an absent row has undefined in each cell", async () => {
      const { store, users } = context();
      expect(await users.read(store, [["absent"], ["absent too"]])).toEqual(
        Array(6).fill(undefined),
      );
    });

    test("no keys, no groups or no rows give no cells and no outcomes", async () => {
      const { store, users } = context();
      expect(await users.read(store, [])).toEqual([]);
      expect(await users.read(store, [["a"]], [])).toEqual([]);
      expect(await users.write(store, users.groups, [])).toEqual([]);
    });

    test("one group of one key comes back as written", async () => {
      const { store, users } = context();
      const block = textBlock("one");
      expect(await users.write(store, [users.scores], [[["one"], block]])).toEqual([undefined]);
      expect(shown(await users.read(store, [["one"]], [users.scores]))).toEqual([hex(block)]);
    });

    test("cells follow the order of the keys and groups that were asked for", async () => {
      const { store, users } = context();
      const blocks = [textBlock("s"), textBlock("t"), textBlock("v")] as const;
      await users.write(store, users.groups, [[["order-1"], ...blocks]]);
      await users.write(store, [users.tags], [[["order-2"], textBlock("only")]]);
      const cells = await users.read(
        store,
        [["order-2"], ["order-0"], ["order-1"]],
        [users.vectors, users.tags, users.scores],
      );
      expect(shown(cells)).toEqual([
        ...[undefined, hex(textBlock("only")), undefined],
        ...[undefined, undefined, undefined],
        ...[hex(blocks[2]), hex(blocks[1]), hex(blocks[0])],
      ]);
    });

    test("groups may be written in any order", async () => {
      const { store, users } = context();
      const [scores, vectors] = [textBlock("scores"), textBlock("vectors")];
      await users.write(store, [users.vectors, users.scores], [[["any-order"], vectors, scores]]);
      const cells = await users.read(store, [["any-order"]]);
      expect(shown(cells)).toEqual([hex(scores), undefined, hex(vectors)]);
    });

    test("a write of some groups leaves the others of the row", async () => {
      const { store, users } = context();
      const [scores, tags, newer] = [textBlock("scores"), textBlock("tags"), textBlock("newer")];
      await users.write(store, [users.scores, users.tags], [[["subset"], scores, tags]], T0);
      await users.write(store, [users.tags], [[["subset"], newer]], T0 + 1);
      const cells = await users.read(store, [["subset"]]);
      expect(shown(cells)).toEqual([hex(scores), hex(newer), undefined]);
    });

    test("500 rows of all groups keep their order", async () => {
      const { store, users } = context();
      const rows = Array.from({ length: 500 }, (_, index) => {
        const key: KeyValues = [`many-${index}`];
        return [key, ...["s", "t", "v"].map((group) => textBlock(group + index))] as const;
      });
      const outcomes = await users.write(store, users.groups, rows);
      expect(outcomes).toEqual(Array(500).fill(undefined));

      const keys = rows.flatMap(([key], index) => [key, [`absent-${index}`]]).reverse();
      const cells = shown(await users.read(store, keys));
      const expected = rows
        .map(([, ...blocks]) => [...blocks.map(hex), undefined, undefined, undefined])
        .map((row) => [...row.slice(3), ...row.slice(0, 3)])
        .reverse()
        .flat();
      expect(cells).toEqual(expected);
    }, 30_000);
  });

  describe("keys", () => {
    test("composite keys are their values in sequence order", async () => {
      const { store, pairs } = context();
      const [ab, ba] = [textBlock("a then b"), textBlock("b then a")];
      await pairs.write(store, [pairs.scores], [[["a", "b"], ab]]);
      await pairs.write(store, [pairs.scores], [[["b", "a"], ba]]);
      const cells = await pairs.read(
        store,
        [
          ["b", "a"],
          ["a", "b"],
          ["a", "a"],
        ],
        [pairs.scores],
      );
      expect(shown(cells)).toEqual([hex(ba), hex(ab), undefined]);
    });

    test("many composite keys keep their order", async () => {
      const { store, pairs } = context();
      const keys = Array.from({ length: 150 }, (_, index) => [`u${index % 7}`, `i${index}`]);
      const blocks = keys.map((_, index) => textBlock(`pair ${index}`));
      const rows = keys.map((key, index) => [key, blocks[index] as Buffer] as const);
      expect(await pairs.write(store, [pairs.tags], rows)).toEqual(Array(150).fill(undefined));
      expect(shown(await pairs.read(store, keys, [pairs.tags]))).toEqual(blocks.map(hex));
    }, 30_000);

    test.each([
      ["a bar", "a|b"],
      ["a colon", "user:1"],
      ["spaces", "  two  words  "],
      ["unicode", "žluťoučký 馬 🐎"],
      ["combining marks, not normalised", "e\u0301"],
      ["quotes and a percent sign", `'";--%`],
      ["control characters", "a\u0001\n\u007fb"],
      ["braces", "{tag}"],
      ["1 KB", "k".repeat(1024)],
      ["1 KB of three-byte characters", "馬".repeat(341)],
    ])("a key may hold %s", async (_, key) => {
      const { store, users } = context();
      const block = textBlock(key.slice(0, 100));
      expect(store.refuseKey(users, [key])).toBeUndefined();
      expect(await users.write(store, [users.scores], [[[key], block]])).toEqual([undefined]);
      const cells = await users.read(store, [[key], [`${key}x`]], [users.scores]);
      expect(shown(cells)).toEqual([hex(block), undefined]);
    });

    test("keys that differ only in normalisation, case or white space are different", async () => {
      const { store, users } = context();
      const keys = [["é"], ["e\u0301"], ["E\u0301"], [" é"], ["é "]];
      const rows = keys.map((key, index) => [key, textBlock(`row ${index}`)] as const);
      await users.write(store, [users.tags], rows);
      const cells = await users.read(store, keys, [users.tags]);
      expect(shown(cells)).toEqual(rows.map(([, block]) => hex(block)));
    });

    test("a key that the store cannot hold is refused with a reason", () => {
      const { store, users, pairs, subject } = context();
      for (const key of subject.refusedKeys) {
        expect(store.refuseKey(users, key)).toMatch(/\S/);
      }
      expect(store.refuseKey(users, ["ordinary"])).toBeUndefined();
      expect(store.refuseKey(pairs, ["or", "dinary"])).toBeUndefined();
    });
  });

  describe("block sizes", () => {
    test("a block longer than one column comes back whole", async () => {
      const { store, users } = context();
      const block = blockOf(2500, 0x5a);
      await users.write(store, [users.vectors], [[["long"], block]]);
      expect(shown(await users.read(store, [["long"]], [users.vectors]))).toEqual([hex(block)]);
    });

    test("a shorter block leaves nothing of the longer one before it", async () => {
      const { store, users } = context();
      const short = blockOf(40, 0x11);
      await users.write(store, [users.vectors], [[["shrink"], blockOf(3000, 0x77)]], T0);
      await users.write(store, [users.vectors], [[["shrink"], short]], T0 + 1);
      expect(shown(await users.read(store, [["shrink"]], [users.vectors]))).toEqual([hex(short)]);
    });

    test("a block of exactly the largest size comes back whole", async () => {
      const { store, users } = context();
      const size = store.maxBlockSizeBytes(users.store, users.vectors);
      const block = blockOf(size, 0x42);
      block[size - 1] = 0x43;
      const outcomes = await users.write(store, [users.vectors], [[["limit"], block]]);
      expect(outcomes).toEqual([undefined]);
      const [cell] = await users.read(store, [["limit"]], [users.vectors]);
      expect(cell).toBeInstanceOf(Uint8Array);
      expect(block.equals(cell as Uint8Array)).toBe(true);
    });

    test("a block past the largest size is refused, and its row is left as it was", async () => {
      const { store, users } = context();
      const size = store.maxBlockSizeBytes(users.store, users.scores);
      const before = textBlock("before");
      await users.write(store, [users.scores], [[["oversize"], before]], T0);
      const outcomes = await users.write(
        store,
        [users.scores],
        [
          [["oversize"], blockOf(size + 1, 1)],
          [["fits"], before],
        ],
        T0 + 1,
      );
      expect(codes(outcomes)).toEqual(["INVALID_ARGUMENT", undefined]);
      const cells = await users.read(store, [["oversize"], ["fits"]], [users.scores]);
      expect(shown(cells)).toEqual([hex(before), hex(before)]);
    });
  });
}
