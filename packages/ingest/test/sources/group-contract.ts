import { SourceError } from "@ofs/ingest";
import { waitUntil } from "@ofs/testkit";
import { describe, expect, it } from "vitest";
import type { Reader } from "./reader.ts";
import type { SourceContext } from "./source-contract.ts";
import { groupName, numbered, record } from "./source-records.ts";

/** Members of one group share its partitions. */
export function groupContract(context: () => SourceContext): void {
  describe("groups", () => {
    it("shares the partitions between two members, and gives them back", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(4);
      const group = groupName();
      const first = await join({ group, topics: [topic] });
      await first.owns(4);
      const second = await join({ group, topics: [topic] });
      await second.owns(2);
      await first.owns(2);
      expect([...first.owned.keys(), ...second.owned.keys()].sort()).toEqual(
        [0, 1, 2, 3].map((partition) => `${topic}/${partition}`),
      );
      await subject.produce([0, 1, 2, 3].map((partition) => record(topic, partition, "shared")));
      await first.has(2);
      await second.has(2);
      await second.source.close();
      await first.owns(4);
      expect(second.source.status().state).toBe("closed");
    });

    it("hands over at what is committed while partitions are revoked", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(2);
      const group = groupName();
      await subject.produce([...numbered(topic, 0, 0, 5), ...numbered(topic, 1, 0, 5)]);
      let isHolding = true;
      const first: Reader = await join(
        { group, topics: [topic] },
        {
          onRevoked: async (partitions) => {
            await waitUntil(() => !isHolding, { what: "the test to let go" });
            await first.source.commit(
              partitions.map((of) => ({ ...of, offset: 5, metadata: "last words" })),
            );
          },
        },
      );
      await first.has(10);
      const second = await join({ group, topics: [topic] });
      await waitUntil(() => first.calls.some((call) => call.startsWith("revoked")), {
        what: "the first member to be asked",
        timeoutMs: 20_000,
      });
      expect(second.owned.size).toBe(0);
      isHolding = false;
      await second.owns(1);
      const [owned] = second.owned.values();
      expect(owned?.committed).toEqual({ offset: 5, metadata: "last words" });
      await first.owns(1);
      await subject.produce([record(topic, 0, "new"), record(topic, 1, "new")]);
      await second.has(1);
      await first.has(11);
      expect(second.values).toEqual(["new"]);
    });

    it("refuses commits of partitions that another member has", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(2);
      const group = groupName();
      await subject.produce([...numbered(topic, 0, 0, 5), ...numbered(topic, 1, 0, 5)]);
      const first = await join({ group, topics: [topic] });
      await first.has(10);
      const second = await join({ group, topics: [topic] });
      await second.owns(1);
      await first.owns(1);
      const [theirs] = second.owned.values();
      const partition = theirs?.partition as number;
      await second.source.commit([{ topic, partition, offset: 4, metadata: "mine" }]);
      const refused = first.source.commit([{ topic, partition, offset: 1, metadata: "stale" }]);
      await expect(refused).rejects.toThrow(SourceError);
      await expect(refused).rejects.toMatchObject({ code: "FENCED" });
      expect((await subject.admin.committed(group, topic)).get(partition)).toEqual({
        offset: 4,
        metadata: "mine",
      });
    });

    it("refuses commits of partitions that it never had, naming them", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(1);
      const other = await subject.createTopic(1);
      const reader = await join({ group: groupName(), topics: [topic] });
      await reader.owns(1);
      await expect(
        reader.source.commit([{ topic: other, partition: 0, offset: 1, metadata: "" }]),
      ).rejects.toMatchObject({ code: "FENCED", message: expect.stringContaining(`${other}/0`) });
    });

    it("brings every record to one member while members come and go", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(4);
      const group = groupName();
      const committing = async (): Promise<Reader> => {
        const reader: Reader = await join(
          { group, topics: [topic] },
          { onRevoked: () => commitAll(reader, topic) },
        );
        return reader;
      };
      const first = await committing();
      await first.owns(4);
      const all = [first];
      let sent = 0;
      for (let round = 0; round < 3; round++) {
        await subject.produce([0, 1, 2, 3].flatMap((one) => numbered(topic, one, sent, 25)));
        sent += 25;
        const next = await committing();
        all.push(next);
        await waitUntil(() => next.owned.size > 0, { what: "a share", timeoutMs: 20_000 });
      }
      const expected = [0, 1, 2, 3].flatMap((partition) =>
        Array.from({ length: sent }, (_, index) => `${partition}:${index}`),
      );
      await waitUntil(
        () => new Set(all.flatMap((reader) => reader.values)).size === expected.length,
        { what: "every record", timeoutMs: 30_000 },
      );
      const values = all.flatMap((reader) => reader.values);
      expect(values.sort()).toEqual(expected.sort());
    });

    it("leaves at once when closed, and again without effect", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(1);
      const group = groupName();
      const first = await join({ group, topics: [topic] });
      await first.owns(1);
      const second = await join({ group, topics: [topic] });
      await second.is("reading");
      const [owner, waiting] = first.owned.size === 1 ? [first, second] : [second, first];
      const before = performance.now();
      await owner.source.close();
      await owner.source.close();
      await waiting.owns(1);
      expect(performance.now() - before).toBeLessThan(8000);
      await expect(
        owner.source.commit([{ topic, partition: 0, offset: 0, metadata: "" }]),
      ).rejects.toBeInstanceOf(SourceError);
      expect(owner.source.status()).toEqual({ state: "closed" });
    });

    it("tells a member whose partitions were given away behind its back", async () => {
      const { subject, join } = context();
      if (subject.evict === undefined) return;
      const topic = await subject.createTopic(1);
      const group = groupName();
      const reader = await join({ group, topics: [topic] });
      await reader.owns(1);
      await subject.evict(reader.source, group);
      await waitUntil(() => reader.calls.includes(`lost ${topic}/0`), {
        what: "the loss",
        timeoutMs: 20_000,
      });
    });
  });
}

/** Commits all that the reader has been given of what it reads now, or just had. */
async function commitAll(reader: Reader, topic: string): Promise<void> {
  const ends = new Map<number, number>();
  for (const { partition, offset } of reader.received) ends.set(partition, offset + 1);
  const last = reader.calls.findLast((call) => /^(assigned|revoked)/.test(call)) ?? "";
  const commits = [...ends]
    .filter(([partition]) => last.split(" ").includes(`${topic}/${partition}`))
    .map(([partition, offset]) => ({ topic, partition, offset, metadata: "" }));
  await reader.source.commit(commits);
}
