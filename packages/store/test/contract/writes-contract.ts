import { describe, expect, test } from "vitest";
import { blockOf, textBlock } from "../fixtures.ts";
import { type ContractContext, hex, shown, T0 } from "./contract-context.ts";

/** Which of several writes stays. */
export function writesContract(context: () => ContractContext): void {
  describe("write times", () => {
    test("a newer write replaces", async () => {
      const { store, users } = context();
      const newer = textBlock("newer");
      await users.write(store, [users.scores], [[["newer"], textBlock("zz older")]], T0);
      await users.write(store, [users.scores], [[["newer"], newer]], T0 + 1);
      expect(shown(await users.read(store, [["newer"]], [users.scores]))).toEqual([hex(newer)]);
    });

    test("an older write is acknowledged and does not replace", async () => {
      const { store, users } = context();
      const newer = textBlock("newer");
      await users.write(store, [users.scores], [[["older"], newer]], T0 + 1);
      const late = await users.write(store, [users.scores], [[["older"], textBlock("z old")]], T0);
      expect(late).toEqual([undefined]);
      expect(shown(await users.read(store, [["older"]], [users.scores]))).toEqual([hex(newer)]);
    });

    test("each group of a row has its own write time", async () => {
      const { store, users } = context();
      const [tags, late] = [textBlock("tags"), textBlock("late scores")];
      await users.write(store, [users.tags], [[["own-time"], tags]], T0 + 10);
      await users.write(
        store,
        [users.scores, users.tags],
        [[["own-time"], late, textBlock("z late tags")]],
        T0 + 5,
      );
      const cells = await users.read(store, [["own-time"]], [users.scores, users.tags]);
      expect(shown(cells)).toEqual([hex(late), hex(tags)]);
    });

    test("a write of the same time replaces", async () => {
      const { store, users, subject } = context();
      const key = ["same-time"];
      const larger = textBlock("b");
      await users.write(store, [users.scores], [[key, textBlock("a")]], T0);
      await users.write(store, [users.scores], [[key, larger]], T0);
      expect(shown(await users.read(store, [key], [users.scores]))).toEqual([hex(larger)]);

      const smaller = textBlock("0");
      await users.write(store, [users.scores], [[key, smaller]], T0);
      const expected = subject.equalWriteTime === "replaces" ? smaller : larger;
      expect(shown(await users.read(store, [key], [users.scores]))).toEqual([hex(expected)]);
    });

    test("the same write may be repeated", async () => {
      const { store, users } = context();
      const rows = [[["repeat"], textBlock("s"), textBlock("t"), blockOf(2000, 7)]] as const;
      for (let round = 0; round < 3; round++) {
        expect(await users.write(store, users.groups, rows, T0)).toEqual([undefined]);
      }
      const cells = await users.read(store, [["repeat"]]);
      expect(shown(cells)).toEqual(rows[0].slice(1).map((block) => hex(block as Buffer)));
    });

    test("microseconds far apart and close together both count", async () => {
      const { store, users } = context();
      const key = ["micros"];
      const last = textBlock("last");
      await users.write(store, [users.scores], [[key, textBlock("z first")]], 1);
      await users.write(store, [users.scores], [[key, last]], 8_000_000_000_000_001);
      await users.write(store, [users.scores], [[key, textBlock("z")]], 8_000_000_000_000_000);
      expect(shown(await users.read(store, [key], [users.scores]))).toEqual([hex(last)]);
    });
  });

  describe("rows with write times of their own", () => {
    test("each row counts by its own time, the others by that of the write", async () => {
      const { store, users } = context();
      const keys = ["own-newer", "own-older", "own-none"].map((key) => [key]);
      const before = keys.map((key) => [key, textBlock("m before")] as const);
      await users.write(store, [users.scores], before, T0);
      const [newer, older, none] = ["newer", "z older", "none"].map(textBlock);
      const outcomes = await users.writeTimed(
        store,
        users.scores,
        [
          { key: keys[0] as string[], block: newer as Buffer, writeTimeMicros: T0 + 1 },
          { key: keys[1] as string[], block: older as Buffer, writeTimeMicros: T0 - 1 },
          { key: keys[2] as string[], block: none as Buffer, writeTimeMicros: undefined },
        ],
        T0 + 2,
      );
      expect(outcomes).toEqual([undefined, undefined, undefined]);
      const cells = await users.read(store, keys, [users.scores]);
      expect(shown(cells)).toEqual(
        [newer, before[1]?.[1], none].map((block) => hex(block as Buffer)),
      );

      // The times that counted are those that later writes are compared with.
      const between = keys.map((key) => [key, textBlock("z between")] as const);
      await users.write(store, [users.scores], between, T0);
      await users.writeTimed(
        store,
        users.scores,
        [
          { key: keys[0] as string[], block: textBlock("z"), writeTimeMicros: T0 },
          { key: keys[2] as string[], block: textBlock("z"), writeTimeMicros: T0 + 1 },
        ],
        T0 + 9,
      );
      const after = await users.read(store, [keys[0], keys[2]] as string[][], [users.scores]);
      expect(shown(after)).toEqual([newer, none].map((block) => hex(block as Buffer)));
    });

    test("of many rows in one write, written in any order, the newest of each key stays", async () => {
      const { store, users, pairs } = context();
      for (const table of [users, pairs]) {
        const keys = Array.from({ length: 120 }, (_, index) =>
          table === users ? [`timed-${index}`] : [`timed-${index}`, "x"],
        );
        const write = (round: number): Promise<unknown> =>
          table.writeTimed(
            store,
            table.tags,
            keys.map((key, index) => {
              const time = (index + round) % 3;
              return { key, block: textBlock(`time ${time}`), writeTimeMicros: T0 + time };
            }),
          );
        for (let round = 0; round < 3; round++) await write(round);
        const cells = shown(await table.read(store, keys, [table.tags]));
        expect(new Set(cells)).toEqual(new Set([hex(textBlock("time 2"))]));
      }
    }, 30_000);
  });

  describe("concurrency", () => {
    test("BETTER 23: concurrent writes of different groups of one key lose nothing", async () => {
      const { store, users, subject } = context();
      const other = await subject.connect();
      try {
        const keys = Array.from({ length: 40 }, (_, index) => [`merge-${index}`]);
        const writes = keys.flatMap((key, index) =>
          users.groups.map((group, groupIndex) => {
            const writer = (index + groupIndex) % 2 === 0 ? store : other;
            return users.write(writer, [group], [[key, textBlock(`${group.label} ${index}`)]]);
          }),
        );
        expect((await Promise.all(writes)).flat()).toEqual(Array(120).fill(undefined));
        const expected = keys.flatMap((_, index) =>
          users.groups.map((group) => hex(textBlock(`${group.label} ${index}`))),
        );
        expect(shown(await users.read(store, keys))).toEqual(expected);
      } finally {
        await other.close();
      }
    }, 30_000);

    test("of concurrent writes of one cell the newest stays", async () => {
      const { store, users, subject } = context();
      const other = await subject.connect();
      try {
        const times = Array.from({ length: 50 }, (_, index) => (index * 37) % 50);
        await Promise.all(
          times.map((time) => {
            const writer = time % 2 === 0 ? store : other;
            return users.write(
              writer,
              [users.scores],
              [[["race"], textBlock(`time ${time}`)]],
              T0 + time,
            );
          }),
        );
        const cells = await users.read(store, [["race"]], [users.scores]);
        expect(shown(cells)).toEqual([hex(textBlock("time 49"))]);
      } finally {
        await other.close();
      }
    }, 30_000);

    test("an acknowledged write is read by other connections at once", async () => {
      const { store, users, subject } = context();
      const other = await subject.connect();
      try {
        for (let round = 0; round < 20; round++) {
          const block = textBlock(`round ${round}`);
          await users.write(store, [users.scores], [[["visible"], block]], T0 + round);
          const cells = await users.read(other, [["visible"]], [users.scores]);
          expect(shown(cells)).toEqual([hex(block)]);
        }
      } finally {
        await other.close();
      }
    }, 30_000);
  });
}
