import type { Span } from "@ofs/platform";
import type { Entity } from "@ofs/registry";
import type { WriteTarget } from "./prepared.ts";

/** Writing rows to one store. */
export function startWriteSpan(
  parent: Span,
  { entity, groups, store }: WriteTarget,
  rowCount: number,
): Span {
  return parent.startChild(`write ${entity.label}`, "client", {
    "db.system.name": store.dbType,
    "db.operation.name": "write",
    "db.operation.batch.size": rowCount,
    "ofs.entity": entity.label,
    "ofs.groups": groups.length,
    "ofs.store.id": store.id,
    "ofs.store.conf_id": store.confId,
  });
}

/** Telling caches, here and elsewhere, of keys that were written. */
export function startInvalidationSpan(parent: Span, entity: Entity, keyCount: number): Span {
  return parent.startChild(`invalidate ${entity.label}`, "internal", {
    "ofs.entity": entity.label,
    "ofs.keys": keyCount,
  });
}
