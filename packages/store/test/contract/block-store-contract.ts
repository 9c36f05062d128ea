import { FeatureStoreError } from "@ofs/platform";
import type { Entity, FeatureGroup, StoreDefinition } from "@ofs/registry";
import type { BlockStore, BlockTable, KeyValues, RowOutcome, StoredCell } from "@ofs/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  blockOf,
  entity,
  featureGroup,
  storeDefinition,
  textBlock,
  uniqueName,
} from "../fixtures.ts";

/** An adapter under test, on data that nobody else writes. */
export interface BlockStoreSubject {
  readonly store: BlockStore;
  /** How the registry describes a store of this adapter. */
  readonly definition: Pick<StoreDefinition, "dbType" | "confId">;
  /** Keys of a one-column entity that this store cannot hold. */
  readonly refusedKeys: readonly KeyValues[];
  /**
   * What a second write of the same time does: `replaces`, as the port says, or `larger-value-wins`
   * where the database itself compares the values.
   */
  readonly equalWriteTime: "replaces" | "larger-value-wins";
  /** One more connection to the same data; the suite closes it. */
  connect(): Promise<BlockStore>;
  /** Closes the store and removes the data. */
  close(): Promise<void>;
}

const T0 = 1_750_000_000_000_000;

/** Groups of each entity of the suite: two of one column, and one of three. */
function suiteGroups(entityLabel: string): FeatureGroup[] {
  return [
    featureGroup({ entityLabel, label: "scores", id: 0, columns: ["seg_0"] }),
    featureGroup({ entityLabel, label: "tags", id: 1, columns: ["seg_1"] }),
    featureGroup({
      entityLabel,
      label: "vectors",
      id: 300,
      columns: ["seg_10", "seg_11", "seg_9"],
    }),
  ];
}

class Table implements BlockTable {
  readonly entity: Entity;
  readonly store: StoreDefinition;
  readonly scores: FeatureGroup;
  readonly tags: FeatureGroup;
  readonly vectors: FeatureGroup;
  readonly groups: readonly FeatureGroup[];

  constructor(subject: BlockStoreSubject, keyLabels: readonly string[]) {
    const label = uniqueName("contract");
    const groups = suiteGroups(label);
    [this.scores, this.tags, this.vectors] = groups as [FeatureGroup, FeatureGroup, FeatureGroup];
    this.groups = groups;
    this.entity = entity(label, keyLabels, groups);
    this.store = storeDefinition({ ...subject.definition, table: label, primaryKeys: keyLabels });
  }

  read(
    store: BlockStore,
    keys: readonly KeyValues[],
    groups: readonly FeatureGroup[] = this.groups,
    limits: { readonly deadlineMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<StoredCell[]> {
    return store.read({
      entity: this.entity,
      store: this.store,
      groups,
      keys,
      deadlineMs: Number.POSITIVE_INFINITY,
      ...limits,
    });
  }

  write(
    store: BlockStore,
    groups: readonly FeatureGroup[],
    rows: readonly (readonly [key: KeyValues, ...blocks: Uint8Array[]])[],
    writeTimeMicros: number = T0,
    limits: { readonly deadlineMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<RowOutcome[]> {
    return store.write({
      entity: this.entity,
      store: this.store,
      groups,
      rows: rows.map(([key, ...blocks]) => ({ key, blocks })),
      writeTimeMicros,
      deadlineMs: Number.POSITIVE_INFINITY,
      ...limits,
    });
  }
}

/** Cells as text or marks, so that a difference prints readably. */
function shown(cells: readonly StoredCell[]): (string | undefined)[] {
  return cells.map((cell) => {
    if (cell === undefined) return undefined;
    return cell instanceof FeatureStoreError ? `${cell.code}: ${cell.message}` : hex(cell);
  });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function codes(outcomes: readonly (StoredCell | RowOutcome)[]): (string | undefined)[] {
  return outcomes.map((outcome) =>
    outcome instanceof FeatureStoreError ? outcome.code : outcome && "bytes",
  );
}

/** The contract of `BlockStore`, run over one adapter. Each test uses keys of its own. */
export function blockStoreContract(name: string, open: () => Promise<BlockStoreSubject>): void {
  describe(`${name} keeps the block store contract`, () => {
    let subject: BlockStoreSubject;
    let store: BlockStore;
    let users: Table;
    let pairs: Table;

    beforeAll(async () => {
      subject = await open();
      store = subject.store;
      users = new Table(subject, ["user_id"]);
      pairs = new Table(subject, ["user_id", "item_id"]);
      await store.prepare(users, users.groups);
      await store.prepare(pairs, pairs.groups);
    }, 60_000);

    afterAll(async () => {
      await subject.close();
    }, 60_000);

    describe("rows and groups", () => {
      test("an absent row has undefined in each cell", async () => {
        expect(await users.read(store, [["absent"], ["absent too"]])).toEqual(
          Array(6).fill(undefined),
        );
      });

      test("no keys, no groups or no rows give no cells and no outcomes", async () => {
        expect(await users.read(store, [])).toEqual([]);
        expect(await users.read(store, [["a"]], [])).toEqual([]);
        expect(await users.write(store, users.groups, [])).toEqual([]);
      });

      test("one group of one key comes back as written", async () => {
        const block = textBlock("one");
        expect(await users.write(store, [users.scores], [[["one"], block]])).toEqual([undefined]);
        expect(shown(await users.read(store, [["one"]], [users.scores]))).toEqual([hex(block)]);
      });

      test("cells follow the order of the keys and groups that were asked for", async () => {
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
        const [scores, vectors] = [textBlock("scores"), textBlock("vectors")];
        await users.write(store, [users.vectors, users.scores], [[["any-order"], vectors, scores]]);
        const cells = await users.read(store, [["any-order"]]);
        expect(shown(cells)).toEqual([hex(scores), undefined, hex(vectors)]);
      });

      test("a write of some groups leaves the others of the row", async () => {
        const [scores, tags, newer] = [textBlock("scores"), textBlock("tags"), textBlock("newer")];
        await users.write(store, [users.scores, users.tags], [[["subset"], scores, tags]], T0);
        await users.write(store, [users.tags], [[["subset"], newer]], T0 + 1);
        const cells = await users.read(store, [["subset"]]);
        expect(shown(cells)).toEqual([hex(scores), hex(newer), undefined]);
      });

      test("500 rows of all groups keep their order", async () => {
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
        const block = textBlock(key.slice(0, 100));
        expect(store.refuseKey(users, [key])).toBeUndefined();
        expect(await users.write(store, [users.scores], [[[key], block]])).toEqual([undefined]);
        const cells = await users.read(store, [[key], [`${key}x`]], [users.scores]);
        expect(shown(cells)).toEqual([hex(block), undefined]);
      });

      test("keys that differ only in normalisation, case or white space are different", async () => {
        const keys = [["é"], ["e\u0301"], ["E\u0301"], [" é"], ["é "]];
        const rows = keys.map((key, index) => [key, textBlock(`row ${index}`)] as const);
        await users.write(store, [users.tags], rows);
        const cells = await users.read(store, keys, [users.tags]);
        expect(shown(cells)).toEqual(rows.map(([, block]) => hex(block)));
      });

      test("a key that the store cannot hold is refused with a reason", () => {
        for (const key of subject.refusedKeys) {
          expect(store.refuseKey(users, key)).toMatch(/\S/);
        }
        expect(store.refuseKey(users, ["ordinary"])).toBeUndefined();
        expect(store.refuseKey(pairs, ["or", "dinary"])).toBeUndefined();
      });
    });

    describe("block sizes", () => {
      test("a block longer than one column comes back whole", async () => {
        const block = blockOf(2500, 0x5a);
        await users.write(store, [users.vectors], [[["long"], block]]);
        expect(shown(await users.read(store, [["long"]], [users.vectors]))).toEqual([hex(block)]);
      });

      test("a shorter block leaves nothing of the longer one before it", async () => {
        const short = blockOf(40, 0x11);
        await users.write(store, [users.vectors], [[["shrink"], blockOf(3000, 0x77)]], T0);
        await users.write(store, [users.vectors], [[["shrink"], short]], T0 + 1);
        expect(shown(await users.read(store, [["shrink"]], [users.vectors]))).toEqual([hex(short)]);
      });

      test("a block of exactly the largest size comes back whole", async () => {
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

    describe("write times", () => {
      test("a newer write replaces", async () => {
        const newer = textBlock("newer");
        await users.write(store, [users.scores], [[["newer"], textBlock("zz older")]], T0);
        await users.write(store, [users.scores], [[["newer"], newer]], T0 + 1);
        expect(shown(await users.read(store, [["newer"]], [users.scores]))).toEqual([hex(newer)]);
      });

      test("an older write is acknowledged and does not replace", async () => {
        const newer = textBlock("newer");
        await users.write(store, [users.scores], [[["older"], newer]], T0 + 1);
        const late = await users.write(
          store,
          [users.scores],
          [[["older"], textBlock("z old")]],
          T0,
        );
        expect(late).toEqual([undefined]);
        expect(shown(await users.read(store, [["older"]], [users.scores]))).toEqual([hex(newer)]);
      });

      test("each group of a row has its own write time", async () => {
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
        const rows = [[["repeat"], textBlock("s"), textBlock("t"), blockOf(2000, 7)]] as const;
        for (let round = 0; round < 3; round++) {
          expect(await users.write(store, users.groups, rows, T0)).toEqual([undefined]);
        }
        const cells = await users.read(store, [["repeat"]]);
        expect(shown(cells)).toEqual(rows[0].slice(1).map((block) => hex(block as Buffer)));
      });

      test("microseconds far apart and close together both count", async () => {
        const key = ["micros"];
        const last = textBlock("last");
        await users.write(store, [users.scores], [[key, textBlock("z first")]], 1);
        await users.write(store, [users.scores], [[key, last]], 8_000_000_000_000_001);
        await users.write(store, [users.scores], [[key, textBlock("z")]], 8_000_000_000_000_000);
        expect(shown(await users.read(store, [key], [users.scores]))).toEqual([hex(last)]);
      });
    });

    describe("concurrency", () => {
      test("BETTER 23: concurrent writes of different groups of one key lose nothing", async () => {
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

    describe("limits of time", () => {
      test("a read whose deadline has passed fails in each cell", async () => {
        const limits = { deadlineMs: Date.now() - 1 };
        const cells = await users.read(store, [["late"], ["later"]], users.groups, limits);
        expect(codes(cells)).toEqual(Array(6).fill("DEADLINE_EXCEEDED"));
      });

      test("a write whose deadline has passed fails in each row and writes nothing", async () => {
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
        const limits = { signal: AbortSignal.abort() };
        const cells = await users.read(store, [["cancelled"]], users.groups, limits);
        expect(codes(cells)).toEqual(Array(3).fill("CANCELLED"));
      });

      test("a cancelled write fails in each row and writes nothing", async () => {
        const limits = { signal: AbortSignal.abort() };
        const rows = [[["cancelled"], textBlock("x")]] as const;
        const outcomes = await users.write(store, [users.scores], rows, T0, limits);
        expect(codes(outcomes)).toEqual(["CANCELLED"]);
        const cells = await users.read(store, [["cancelled"]], [users.scores]);
        expect(shown(cells)).toEqual([undefined]);
      });

      test("a deadline that lies ahead changes nothing", async () => {
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
        const block = textBlock("mine");
        await users.write(store, [users.scores], [[["mine"], block]]);
        const [first] = await users.read(store, [["mine"]], [users.scores]);
        (first as Uint8Array).fill(0xff);
        expect(shown(await users.read(store, [["mine"]], [users.scores]))).toEqual([hex(block)]);
      });

      test("the caller may reuse its buffer once a write is acknowledged", async () => {
        const block = textBlock("sent");
        const sent = hex(block);
        await users.write(store, [users.scores], [[["sent"], block]]);
        block.fill(0xff);
        expect(shown(await users.read(store, [["sent"]], [users.scores]))).toEqual([sent]);
      });
    });

    describe("schema and life cycle", () => {
      test("prepare may be repeated, also by two connections at once", async () => {
        const other = await subject.connect();
        try {
          const table = new Table(subject, ["user_id"]);
          await Promise.all([
            store.prepare(table, table.groups),
            other.prepare(table, table.groups),
          ]);
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
        await expect(store.ping()).resolves.toBeUndefined();
      });

      test("close may be repeated; a closed store is unavailable", async () => {
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
  });
}
