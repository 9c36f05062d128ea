import { waitUntil } from "@ofs/testkit";
import { describe, expect, it } from "vitest";
import type { SourceContext } from "./source-contract.ts";
import { groupName, numbered, record } from "./source-records.ts";

/** Where reading begins, stops and goes on. */
export function positionContract(context: () => SourceContext): void {
  describe("positions", () => {
    it("goes on at what was committed, and says with what metadata", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(2);
      const group = groupName();
      await subject.produce([...numbered(topic, 0, 0, 10), ...numbered(topic, 1, 0, 10)]);
      const first = await join({ group, topics: [topic] });
      await first.has(20);
      expect([...first.owned.values()].map(({ committed }) => committed)).toEqual([
        undefined,
        undefined,
      ]);
      await first.source.commit([
        { topic, partition: 0, offset: 4, metadata: "counts: 3 · ü" },
        { topic, partition: 1, offset: 10, metadata: "" },
      ]);
      await first.source.close();

      const second = await join({ group, topics: [topic] });
      await second.has(6);
      await subject.produce([record(topic, 1, "last")]);
      await second.has(7);
      expect(second.owned.get(`${topic}/0`)?.committed).toEqual({
        offset: 4,
        metadata: "counts: 3 · ü",
      });
      expect(second.owned.get(`${topic}/1`)?.committed).toEqual({ offset: 10, metadata: "" });
      expect(second.values).toEqual(["0:4", "0:5", "0:6", "0:7", "0:8", "0:9", "last"]);
    });

    it("counts the newest commit, and takes one twice", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(1);
      const group = groupName();
      await subject.produce(numbered(topic, 0, 0, 10));
      const reader = await join({ group, topics: [topic] });
      await reader.has(10);
      for (const offset of [3, 7, 7, 5]) {
        await reader.source.commit([{ topic, partition: 0, offset, metadata: `at ${offset}` }]);
      }
      expect((await subject.admin.committed(group, topic)).get(0)).toEqual({
        offset: 5,
        metadata: "at 5",
      });
    });

    it("gives a group that has not committed everything again", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(1);
      const group = groupName();
      await subject.produce(numbered(topic, 0, 0, 5));
      const first = await join({ group, topics: [topic] });
      await first.has(5);
      await first.source.close();
      const second = await join({ group, topics: [topic] });
      await second.has(5);
      expect(second.values).toEqual(first.values);
    });

    it("begins at the end if told so, and misses nothing from then on", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(1);
      const group = groupName();
      await subject.produce(numbered(topic, 0, 0, 5));
      const first = await join({ group, topics: [topic], start: "latest" });
      await first.is("reading");
      await first.owns(1);
      await subject.produce(numbered(topic, 0, 5, 2));
      await first.has(2);
      expect(first.values).toEqual(["0:5", "0:6"]);
      await first.source.close();

      await subject.produce(numbered(topic, 0, 7, 1));
      const second = await join({ group, topics: [topic], start: "latest" });
      await second.has(3);
      expect(second.values).toEqual(["0:5", "0:6", "0:7"]);
    });

    it("brings nothing of a paused partition, and everything after it is resumed", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(2);
      const reader = await join({ group: groupName(), topics: [topic] });
      await reader.owns(2);
      const paused = [{ topic, partition: 0 }];
      reader.source.pause(paused);
      // One fetch may have been on its way: it has come back when the other partition has had two.
      for (const round of [0, 1]) {
        await subject.produce([record(topic, 1, `free ${round}`)]);
        await reader.has(round + 1);
      }
      await subject.produce([...numbered(topic, 0, 0, 3), record(topic, 1, "free 2")]);
      await waitUntil(() => reader.values.includes("free 2"), { what: "the free partition" });
      await subject.produce([record(topic, 1, "free 3")]);
      await waitUntil(() => reader.values.includes("free 3"), { what: "the free partition" });
      expect(reader.values.filter((value) => value.startsWith("0:"))).toEqual([]);
      reader.source.resume(paused);
      await reader.has(7);
      expect(reader.values.filter((value) => value.startsWith("0:"))).toEqual([
        "0:0",
        "0:1",
        "0:2",
      ]);
    });
  });
}
