import { Gauge, type Registry } from "prom-client";
import type { SlotBoard } from "./slots/slot-board.ts";
import type { SlotKeeper } from "./slots/slot-keeper.ts";

/** Slots, by topic: wanted over all processes, held by this one, nobody's; and whether slots can be had. */
export function registerSlotMetrics(
  registry: Registry,
  board: Pick<SlotBoard, "fault">,
  keeper: Pick<SlotKeeper, "wanted" | "held" | "missing">,
): void {
  const byTopic = (name: string, help: string, counts: () => ReadonlyMap<string, number>): Gauge =>
    new Gauge({
      name: `ofs_consumer_slots_${name}`,
      help,
      labelNames: ["topic"],
      registers: [registry],
      collect() {
        this.reset();
        for (const [topic, count] of counts()) this.labels({ topic }).set(count);
      },
    });
  byTopic(
    "wanted",
    "Members that a topic's group is to have, of all processes.",
    () => keeper.wanted,
  );
  byTopic(
    "missing",
    "Wanted members that no process is, as far as this one knows.",
    () => keeper.missing,
  );
  byTopic("held", "Members of a topic's group that this process is.", () => {
    const counts = new Map([...keeper.wanted.keys()].map((topic) => [topic, 0]));
    for (const { topic } of keeper.held) counts.set(topic, (counts.get(topic) ?? 0) + 1);
    return counts;
  });
  new Gauge({
    name: "ofs_consumer_slots_lease",
    help: "1 while this process can have slots.",
    registers: [registry],
    collect() {
      this.set(board.fault === undefined ? 1 : 0);
    },
  });
}
