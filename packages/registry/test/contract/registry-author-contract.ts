import {
  RECEIPTS_MAX,
  type RegistryAuthor,
  type RegistryChange,
  type RegistryChanges,
} from "@ofs/registry";
import { describe, expect, it } from "vitest";

/** Changes of one write, of which the largest transaction of a source takes only a part. */
const MANY_CHANGES = 300;

/** Writers at once, each with a connection of its own. */
const WRITER_COUNT = 6;
const IDS_PER_WRITER = 4;

/** A tree that a test has for itself. */
export interface AuthorContext {
  /** Another connection to the same tree. It is closed after the test. */
  open(): RegistryAuthor;
  /**
   * Lets a write through, but not its answer.
   *
   * @param isWritten tells when the write has arrived
   * @returns what the writer got
   */
  readonly loseAnswer?: (
    write: (author: RegistryAuthor) => Promise<unknown>,
    isWritten: () => Promise<boolean>,
  ) => Promise<unknown>;
}

const { signal } = new AbortController();

function put(path: string, value: string): RegistryChange {
  return { path, value: Buffer.from(value) };
}

function remove(path: string): RegistryChange {
  return { path, value: undefined };
}

async function texts(author: RegistryAuthor): Promise<Record<string, string>> {
  const { entries } = await author.load(signal);
  return Object.fromEntries(
    [...entries].map(([path, value]) => [path, Buffer.from(value).toString()]),
  );
}

/** Takes the next free id below `ids`, as control planes do: again and again until nobody was quicker. */
async function allocate(author: RegistryAuthor, name: string): Promise<number> {
  for (;;) {
    const { entries, authorRevision } = await author.loadForWrite(signal);
    const ids = [...entries.keys()].map((path) => Number(/^ids\/(\d+)\//.exec(path)?.[1] ?? -1));
    const id = Math.max(-1, ...ids) + 1;
    const outcome = await author.writeIf(
      [put(`ids/${id}/name`, name), put(`ids/${id}/also`, name)],
      [{ kind: "no-author-since", since: authorRevision }],
    );
    if ("revision" in outcome) return id;
  }
}

/** What every {@link RegistryAuthor} does, whatever is behind it. Call it inside of a `describe`. */
export function describeRegistryAuthor(context: () => AuthorContext): void {
  describe("a conditional write", () => {
    it("without conditions writes, replaces and deletes, all at one revision", async () => {
      const author = context().open();
      await author.writeIf([put("a", "1"), put("b/c", "2")], []);
      const outcome = await author.writeIf([put("a", "one"), remove("b/c"), put("", "root")], []);
      const { authorRevision } = await author.loadForWrite(signal);
      expect(outcome).toEqual({ revision: authorRevision });
      expect(await texts(author)).toEqual({ a: "one", "": "root" });
    });

    it("of nothing tells whether the conditions hold, and counts as no write", async () => {
      const author = context().open();
      const before = await author.loadForWrite(signal);
      expect(await author.writeIf([], [{ kind: "absent", path: "a" }])).toHaveProperty("revision");
      const after = await author.loadForWrite(signal);
      expect(after.authorRevision).toBe(before.authorRevision);
      await author.write([put("a", "1")]);
      const conflict = { kind: "absent", path: "a" } as const;
      expect(await author.writeIf([], [conflict])).toEqual({ conflict });
    });

    it("leaves its receipt, which others' writes do not take away, until there are too many", async () => {
      const author = context().open();
      const receipts = async () => (await context().open().loadForWrite(signal)).receipts;
      expect(await receipts()).toEqual([]);
      await author.writeIf([put("a", "1")], [], "first");
      await author.writeIf([put("a", "2")], []);
      await author.write([put("a", "3")]);
      await author.writeIf([], [], "of nothing");
      const conflict = { kind: "absent", path: "a" } as const;
      expect(await author.writeIf([put("a", "4")], [conflict], "in conflict")).toEqual({
        conflict,
      });
      const many = Array.from({ length: MANY_CHANGES }, (_, n) => put(`many/${n}`, "1"));
      await author.writeIf(many, [], "second");
      expect(await receipts()).toEqual(["first", "second"]);
      for (let n = 1; n < RECEIPTS_MAX; n += 1) {
        await author.writeIf([put("a", String(n))], [], `later ${n}`);
      }
      const kept = await receipts();
      expect(kept).toHaveLength(RECEIPTS_MAX);
      expect([kept[0], kept.at(-1)]).toEqual(["second", `later ${RECEIPTS_MAX - 1}`]);
    });

    it.each(["", "x".repeat(201)])("refuses the receipt %j", async (receipt) => {
      const write = context()
        .open()
        .writeIf([put("a", "1")], [], receipt);
      await expect(write).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    });

    it.each(["/a", "a/", "a//b"])("refuses the path %j, and writes nothing then", async (path) => {
      const author = context().open();
      const invalid = { code: "INVALID_ARGUMENT" };
      const write = author.writeIf([put("good", "1"), put(path, "2")], []);
      await expect(write).rejects.toMatchObject(invalid);
      const condition = author.writeIf([put("good", "1")], [{ kind: "absent", path }]);
      await expect(condition).rejects.toMatchObject(invalid);
      expect(await texts(author)).toEqual({});
    });
  });

  describe("absent", () => {
    it.each([
      ["at", "a/b"],
      ["below", "a/b/c"],
      ["deep below", "a/b/c/d/e"],
      ["below, with a very long name", `a/b/${"x".repeat(2000)}`],
    ])("is refused by what is %s the path", async (_, path) => {
      const author = context().open();
      await author.write([put(path, "")]);
      const conflict = { kind: "absent", path: "a/b" } as const;
      const outcome = await author.writeIf([put("new", "1")], [conflict]);
      expect(outcome).toEqual({ conflict });
      expect(await texts(author)).toEqual({ [path]: "" });
    });

    it("is not refused by neighbours that begin alike, above, or deleted", async () => {
      const author = context().open();
      const neighbours = ["a", "a/b0", "a/b-c", "a/b.", "a/b c/d", `a/b${"x".repeat(2000)}`];
      await author.write([...neighbours.map((path) => put(path, "1")), put("a/b/c", "1")]);
      await author.write([remove("a/b/c")]);
      const outcome = await author.writeIf([put("new", "1")], [{ kind: "absent", path: "a/b" }]);
      expect(outcome).toHaveProperty("revision");
    });

    it("of the root means an empty tree", async () => {
      const author = context().open();
      const everything = { kind: "absent", path: "" } as const;
      expect(await author.writeIf([put("a", "1")], [everything])).toHaveProperty("revision");
      expect(await author.writeIf([put("b", "1")], [everything])).toEqual({ conflict: everything });
    });
  });

  describe("unchanged", () => {
    it("holds until somebody writes that path, in whatever way", async () => {
      const author = context().open();
      await author.write([put("a", "1"), put("b", "1")]);
      const { revision: since } = await author.loadForWrite(signal);
      const unchanged = { kind: "unchanged", path: "a", since } as const;
      await author.write([put("b", "2"), put("a/below", "1")]);
      expect(await author.writeIf([put("c", "1")], [unchanged])).toHaveProperty("revision");
      await author.write([put("a", "1")]);
      expect(await author.writeIf([put("c", "2")], [unchanged])).toEqual({ conflict: unchanged });
      expect(await texts(author)).toMatchObject({ c: "1" });
    });

    it("is refused for a path that was deleted or made since", async () => {
      const author = context().open();
      await author.write([put("there", "1")]);
      const { revision: since } = await author.loadForWrite(signal);
      const [there, made] = ["there", "made"].map(
        (path) => ({ kind: "unchanged", path, since }) as const,
      ) as [never, never];
      expect(await author.writeIf([], [there, made])).toHaveProperty("revision");
      await author.write([remove("there"), put("made", "1")]);
      expect(await author.writeIf([], [there])).toEqual({ conflict: there });
      expect(await author.writeIf([], [made])).toEqual({ conflict: made });
    });
  });

  describe("no-author-since", () => {
    it("is refused after a conditional write, not after another one", async () => {
      const author = context().open();
      const first = await author.loadForWrite(signal);
      await author.write([put("a", "1")]);
      const since = { kind: "no-author-since", since: first.authorRevision } as const;
      const outcome = await author.writeIf([put("b", "1")], [since]);
      const second = await author.loadForWrite(signal);
      expect(outcome).toEqual({ revision: second.authorRevision });
      expect(await author.writeIf([put("c", "1")], [since])).toEqual({ conflict: since });
      const now = { kind: "no-author-since", since: second.revision } as const;
      expect(await author.writeIf([put("c", "1")], [now])).toHaveProperty("revision");
    });

    it("a tree that no author has written is at revision 0", async () => {
      const author = context().open();
      await author.write([put("a", "1")]);
      expect(await author.loadForWrite(signal)).toMatchObject({ authorRevision: 0 });
    });
  });

  describe("many writers", () => {
    it("allocate ids that are all different, without a gap, and whole", async () => {
      const authors = Array.from({ length: WRITER_COUNT }, () => context().open());
      const ids = await Promise.all(
        authors.map(async (author, writer) => {
          const own: number[] = [];
          for (let count = 0; count < IDS_PER_WRITER; count += 1) {
            own.push(await allocate(author, `writer-${writer}`));
          }
          return own;
        }),
      );
      const expected = Array.from({ length: WRITER_COUNT * IDS_PER_WRITER }, (_, id) => id);
      expect(ids.flat().sort((left, right) => left - right)).toEqual(expected);
      const tree = await texts(context().open());
      for (const [writer, own] of ids.entries()) {
        for (const id of own) {
          expect(tree[`ids/${id}/name`]).toBe(`writer-${writer}`);
          expect(tree[`ids/${id}/also`]).toBe(`writer-${writer}`);
        }
      }
    });

    it("of one path: exactly one wins, the others are told why not", async () => {
      const authors = Array.from({ length: WRITER_COUNT }, () => context().open());
      const absent = { kind: "absent", path: "only" } as const;
      const outcomes = await Promise.all(
        authors.map((author, writer) => author.writeIf([put("only/one", `${writer}`)], [absent])),
      );
      const winners = outcomes.flatMap((outcome, index) => ("revision" in outcome ? [index] : []));
      expect(winners).toHaveLength(1);
      const losers = outcomes.filter((_, index) => index !== winners[0]);
      expect(losers).toEqual(losers.map(() => ({ conflict: absent })));
      expect(await texts(context().open())).toEqual({ "only/one": `${winners[0]}` });
    });

    it("of different paths disturb nobody", async () => {
      const authors = Array.from({ length: WRITER_COUNT }, () => context().open());
      const outcomes = await Promise.all(
        authors.map((author, writer) =>
          author.writeIf([put(`own/${writer}`, "1")], [{ kind: "absent", path: `own/${writer}` }]),
        ),
      );
      for (const outcome of outcomes) expect(outcome).toHaveProperty("revision");
      expect(Object.keys(await texts(context().open()))).toHaveLength(WRITER_COUNT);
    });
  });

  describe("a write of many changes", () => {
    const changes = [
      put("group/active-version", "2"),
      ...Array.from({ length: MANY_CHANGES }, (_, index) => put(`source/${index}`, `${index}`)),
    ];

    it("is written whole, its active-version last", async () => {
      const author = context().open();
      const { revision: since } = await author.load(signal);
      const batches: RegistryChanges[] = [];
      let stop: (() => Promise<void>) | undefined;
      const seen = new Promise<void>((resolve) => {
        stop = author.watch(since, {
          onChanges(batch) {
            batches.push(batch);
            if (batch.changes.some(({ path }) => path === "group/active-version")) resolve();
          },
          onGap: () => undefined,
          onConnection: () => undefined,
        });
      });
      const outcome = await author.writeIf(changes, [{ kind: "absent", path: "group" }]);
      await seen;
      await stop?.();
      expect(outcome).toEqual({ revision: batches.at(-1)?.revision });
      expect(batches.flatMap((batch) => batch.changes)).toHaveLength(changes.length);
      expect(Object.keys(await texts(author))).toHaveLength(changes.length);
      const { authorRevision } = await author.loadForWrite(signal);
      expect(outcome).toEqual({ revision: authorRevision });
    });

    it("writes nothing of it where a condition does not hold", async () => {
      const author = context().open();
      await author.write([put("group/label", "x")]);
      const absent = { kind: "absent", path: "group" } as const;
      expect(await author.writeIf(changes, [absent])).toEqual({ conflict: absent });
      expect(await texts(author)).toEqual({ "group/label": "x" });
    });

    it("is not mixed with that of another", async () => {
      const authors = Array.from({ length: WRITER_COUNT }, () => context().open());
      const all = (writer: number): RegistryChange[] =>
        changes.map(({ path }) => put(path, `${writer}`));
      await Promise.all(authors.map((author, writer) => author.writeIf(all(writer), [])));
      expect(new Set(Object.values(await texts(context().open()))).size).toBe(1);
    });
  });

  describe("a lost answer", () => {
    it("is UNAVAILABLE, and the write is found by the next look", async ({ skip }) => {
      const { loseAnswer, open } = context();
      if (loseAnswer === undefined) return skip("this source has no way to lose an answer");
      const witness = open();
      const write = loseAnswer(
        (author) => author.writeIf([put("lost/1", "1")], [{ kind: "absent", path: "lost" }]),
        async () => (await texts(witness))["lost/1"] === "1",
      );
      await expect(write).rejects.toMatchObject({ code: "UNAVAILABLE" });
      const tree = await witness.loadForWrite(signal);
      expect(tree.entries.has("lost/1")).toBe(true);
      expect(tree.authorRevision).toBeGreaterThan(0);
    });
  });
}
