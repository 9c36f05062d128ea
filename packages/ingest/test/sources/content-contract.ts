import type { NewRecord, RecordHeader } from "@ofs/ingest";
import { describe, expect, it } from "vitest";
import { text } from "./reader.ts";
import type { SourceContext } from "./source-contract.ts";
import { groupName, numbered, record } from "./source-records.ts";

/** Records come as they were produced. */
export function contentContract(context: () => SourceContext): void {
  describe("content", () => {
    it("gives each partition's records in their order, with the offsets they have", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(3);
      const sent = [0, 1, 2].flatMap((partition) => numbered(topic, partition, 0, 100));
      await subject.produce(sent);
      const reader = await join({ group: groupName(), topics: [topic] });
      await reader.has(300);
      for (const partition of [0, 1, 2]) {
        const received = reader.received.filter((one) => one.partition === partition);
        expect(received.map(({ offset }) => offset)).toEqual([...Array(100).keys()]);
        expect(received.map(({ value }) => text(value))).toEqual(
          sent.filter((one) => one.partition === partition).map(({ value }) => text(value)),
        );
        expect(reader.endOffsets.get(`${topic}/${partition}`)).toBe(100);
      }
    });

    it("keeps keys, values and headers as bytes, absent ones apart from empty ones", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(1);
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const empty = new Uint8Array();
      const sent: NewRecord[] = [
        { topic, partition: 0, key: undefined, value: undefined, headers: [] },
        { topic, partition: 0, key: empty, value: empty, headers: [["empty", empty]] },
        { topic, partition: 0, key: bytes, value: bytes, headers: [["näme", bytes]] },
        {
          topic,
          partition: 0,
          key: bytes,
          value: undefined,
          headers: [
            ["b", Buffer.from("1")],
            ["a", Buffer.from("2")],
            ["b", Buffer.from("3")],
          ],
        },
      ];
      await subject.produce(sent);
      const reader = await join({ group: groupName(), topics: [topic] });
      await reader.has(sent.length);
      for (const [index, { key, value, headers }] of reader.received.entries()) {
        const one = sent[index] as NewRecord;
        expect(plain(key)).toEqual(plain(one.key));
        expect(plain(value)).toEqual(plain(one.value));
        expect(byName(headers)).toEqual(byName(one.headers));
      }
    });

    it("keeps the time of a record, and has one where none was given", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(1);
      const before = Date.now();
      await subject.produce([
        { ...record(topic, 0, "old"), timestampMs: 1_600_000_000_123 },
        { ...record(topic, 0, "older"), timestampMs: 1_500_000_000_000 },
        record(topic, 0, "now"),
      ]);
      const reader = await join({ group: groupName(), topics: [topic] });
      await reader.has(3);
      const [old, older, now] = reader.received.map(({ timestampMs }) => timestampMs);
      expect(old).toBe(1_600_000_000_123);
      expect(older).toBe(1_500_000_000_000);
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now).toBeLessThanOrEqual(Date.now());
    });

    it("gives a record that is larger than a fetch, and what comes after it", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(1);
      const large = new Uint8Array(subject.largestRecordBytes);
      for (let index = 0; index < large.length; index += 997) large[index] = index % 251;
      await subject.produce([record(topic, 0, "before")]);
      await subject.produce([{ ...record(topic, 0, ""), value: large }]);
      await subject.produce([record(topic, 0, "after")]);
      const reader = await join({ group: groupName(), topics: [topic] });
      await reader.has(3);
      const [first, second, third] = reader.received;
      expect(text(first?.value)).toBe("before");
      expect(Buffer.compare(second?.value as Uint8Array, large)).toBe(0);
      expect(text(third?.value)).toBe("after");
    });

    it("gives records that are produced while it reads", async () => {
      const { subject, join } = context();
      const topic = await subject.createTopic(2);
      const reader = await join({ group: groupName(), topics: [topic] });
      await reader.owns(2);
      for (let round = 0; round < 5; round++) {
        await subject.produce([record(topic, round % 2, `round ${round}`)]);
        await reader.has(round + 1);
      }
      expect(reader.values).toEqual([0, 1, 2, 3, 4].map((round) => `round ${round}`));
    });

    it("reads several topics at once", async () => {
      const { subject, join } = context();
      const topics = [await subject.createTopic(1), await subject.createTopic(2)];
      await subject.produce(topics.flatMap((topic) => numbered(topic, 0, 0, 10)));
      const reader = await join({ group: groupName(), topics });
      await reader.has(20);
      expect(reader.owned.size).toBe(3);
    });
  });
}

/** Headers of one name keep their order; whether those of different names do is left to the producer. */
function byName(headers: readonly RecordHeader[]): Map<string, (number[] | undefined)[]> {
  const found = new Map<string, (number[] | undefined)[]>();
  for (const [name, of] of headers) found.set(name, [...(found.get(name) ?? []), plain(of)]);
  return found;
}

function plain(bytes: Uint8Array | undefined): number[] | undefined {
  return bytes === undefined ? undefined : [...bytes];
}
