import { type HttpRoute, jsonReply } from "@ofs/http";
import { FeatureStoreError } from "@ofs/platform";
import type { SlotTable } from "../rows/slots/slot.ts";
import type { SlotBoard } from "../rows/slots/slot-board.ts";

/** Who reads which topics of the row dialect, as its operators' tools ask for it. */
export function slotRoutes(board: Pick<SlotBoard, "instance" | "table" | "fault">): HttpRoute[] {
  return [
    {
      method: "GET",
      path: "/assignments",
      isAdmin: false,
      handle() {
        const { table, fault } = board;
        if (table !== undefined) return jsonReply(200, { data: assignmentsOf(table) });
        throw new FeatureStoreError("UNAVAILABLE", `the slots are not known: ${fault}`);
      },
    },
    {
      method: "GET",
      path: "/healthcheck",
      isAdmin: false,
      handle() {
        const { fault, instance } = board;
        const state = fault === undefined ? "HEALTHY" : "UNHEALTHY";
        return jsonReply(fault === undefined ? 200 : 503, { data: { [instance]: state } });
      },
    },
  ];
}

/** By instance, those without any included: how many members of each topic's group it is. */
function assignmentsOf({ capacities, owners }: SlotTable): Record<string, Record<string, number>> {
  const assignments = new Map<string, Record<string, number>>();
  for (const instance of capacities.keys()) assignments.set(instance, {});
  for (const [topic, ofTopic] of owners) {
    for (const instance of ofTopic.values()) {
      const counts = assignments.get(instance) ?? {};
      counts[topic] = (counts[topic] ?? 0) + 1;
      assignments.set(instance, counts);
    }
  }
  return Object.fromEntries(assignments);
}
