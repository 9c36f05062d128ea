import type { IngestStatus } from "@ofs/ingest";
import type { CheckResult } from "@ofs/platform";
import { describeMember } from "../check-ingest.ts";
import type { SlotBoard } from "./slots/slot-board.ts";
import type { SlotKeeper } from "./slots/slot-keeper.ts";

/** Topics that are named. */
const MAX_SHOWN = 20;

/**
 * Whether this process may read, and whether every topic is read by somebody. Without the table of slots it reads nothing:
 * failing. A topic with too few members is a warning: this process has all that it takes, or others are about to act.
 */
export function checkSlots(
  board: Pick<SlotBoard, "fault" | "instance">,
  keeper: Pick<SlotKeeper, "wanted" | "held" | "missing">,
): CheckResult {
  const { fault, instance } = board;
  const { wanted, held, missing } = keeper;
  const detail = { instance, topicCount: wanted.size, heldCount: held.length };
  if (fault !== undefined) return { status: "failing", detail: { ...detail, error: fault } };
  if (missing.size === 0) return { status: "ok", detail };
  const shown = Object.fromEntries([...missing].slice(0, MAX_SHOWN));
  return { status: "warning", detail: { ...detail, missingMembers: shown } };
}

/**
 * Whether the members of this process are well. One topic that cannot go on is a warning, for others do; that none can is a
 * failure.
 */
export function checkRowIngest(
  members: readonly IngestStatus[],
  faults: ReadonlyMap<string, string>,
): CheckResult {
  const ill = members.filter(({ isHealthy }) => !isHealthy);
  const detail = {
    memberCount: members.length,
    members: ill.slice(0, MAX_SHOWN).map(describeMember),
    ...(faults.size === 0 ? {} : { faults: Object.fromEntries([...faults].slice(0, MAX_SHOWN)) }),
  };
  if (ill.length + faults.size === 0) return { status: "ok", detail };
  return { status: ill.length === members.length ? "failing" : "warning", detail };
}
