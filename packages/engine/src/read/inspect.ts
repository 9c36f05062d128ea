import { ofs } from "@ofs/proto";
import Long from "long";
import type { Resolution } from "./assemble.ts";
import { ABSENT, type Cell, EXPIRED, FAILED } from "./cells.ts";
import type { Fetch } from "./fetch.ts";
import type { Section } from "./plan.ts";

const { Presence } = ofs.v1;

/** @returns `ofs.v1.InspectResult`: what is known of each row's groups, beside their values */
export function encodeInspection(fetch: Fetch, { views }: Resolution): Uint8Array {
  const { plan, keys, cells } = fetch;
  const { sections, groups } = plan;
  const states = Array.from({ length: keys.count }, (_, k) => ({
    groups: sections.map((section, s) => {
      const cell = cells[k * groups.length + section.groupIndex];
      return stateOf(section, cell, views[k * sections.length + s] !== undefined);
    }),
  }));
  const rows = keys.indexByRow.map((k) => states[k] as { groups: ofs.v1.GroupState.$Properties[] });
  return ofs.v1.InspectResult.encode({ keys: rows }).finish();
}

function stateOf(
  { group }: Section,
  cell: Cell,
  isReadable: boolean,
): ofs.v1.GroupState.$Properties {
  const { label } = group;
  if (isReadable && cell !== undefined) {
    return {
      label,
      presence: Presence.STORED,
      schemaVersion: cell.schemaVersion,
      expiresAtSeconds: Long.fromNumber(cell.expiryAtSeconds),
    };
  }
  return { label, presence: presenceOf(cell) };
}

function presenceOf(cell: Cell): ofs.v1.Presence {
  if (cell === ABSENT) return Presence.ABSENT;
  if (cell === EXPIRED) return Presence.EXPIRED;
  return cell === undefined || cell === FAILED ? Presence.FAILED : Presence.UNREADABLE;
}
