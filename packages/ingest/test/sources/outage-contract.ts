import { describe, expect, it } from "vitest";
import type { SourceContext } from "./source-contract.ts";
import { groupName, numbered, record } from "./source-records.ts";

/** The log is away at times. */
export function outageContract(context: () => SourceContext): void {
  describe("outages", () => {
    it("begins when the log can be reached", async () => {
      const { subject, reader } = context();
      if (subject.outage === undefined) return;
      const topic = await subject.createTopic(1);
      await subject.produce(numbered(topic, 0, 0, 3));
      const late = reader({ group: groupName(), topics: [topic] });
      await subject.outage.begin();
      try {
        await late.start();
        await late.is("failed");
        expect(late.source.status().reason).toBeTruthy();
        expect(late.calls).toEqual([]);
      } finally {
        await subject.outage.end();
      }
      await late.has(3);
      expect(late.source.status()).toEqual({ state: "reading" });
    });

    it("says so when the log goes away, and goes on when it is back", async () => {
      const { subject, join } = context();
      if (subject.outage === undefined) return;
      const topic = await subject.createTopic(1);
      const group = groupName();
      await subject.produce(numbered(topic, 0, 0, 3));
      const reader = await join({ group, topics: [topic] });
      await reader.has(3);
      await subject.outage.begin();
      try {
        await reader.is("failed");
        await expect(
          reader.source.commit([{ topic, partition: 0, offset: 3, metadata: "" }]),
        ).rejects.toMatchObject({ name: "SourceError" });
        await subject.produce([record(topic, 0, "meanwhile")]);
      } finally {
        await subject.outage.end();
      }
      await reader.is("reading");
      await reader.has(4);
      expect(new Set(reader.values)).toEqual(new Set(["0:0", "0:1", "0:2", "meanwhile"]));
      await reader.source.commit([{ topic, partition: 0, offset: 4, metadata: "back" }]);
      expect((await subject.admin.committed(group, topic)).get(0)?.metadata).toBe("back");
    });

    it("can be closed while the log is away", async () => {
      const { subject, reader } = context();
      if (subject.outage === undefined) return;
      const topic = await subject.createTopic(1);
      const away = reader({ group: groupName(), topics: [topic] });
      await subject.outage.begin();
      try {
        await away.start();
        await away.is("failed");
        await away.source.close();
        expect(away.source.status()).toEqual({ state: "closed" });
      } finally {
        await subject.outage.end();
      }
    });
  });
}
