import type { RowEngine } from "@ofs/engine";
import type { RowAdmin } from "../row-admin.ts";
import type { RowMethod } from "../row-handler.ts";
import type { RowLimits } from "../row-limits.ts";
import type { LegacyNotes } from "./legacy-notes.ts";
import { bulkRead, getData, multiBulkRead } from "./legacy-reads.ts";
import { alterTable, createTable } from "./legacy-tables.ts";
import { batchWrite, writeFeatures } from "./legacy-writes.ts";

export interface LegacyDeps {
  readonly engine: RowEngine;
  readonly limits: RowLimits;
  /** undefined: tables cannot be created here. */
  readonly admin: RowAdmin | undefined;
  readonly notes: LegacyNotes;
}

/** The old API: columns are `<group>__<column>`, names are written in any case. */
export function legacyMethods({ engine, limits, admin, notes }: LegacyDeps): RowMethod[] {
  const method = (
    path: string,
    access: "read" | "write",
    work: (call: Parameters<RowMethod["work"]>[0], path: string) => ReturnType<RowMethod["work"]>,
  ): RowMethod => ({
    path,
    access,
    methods: access === "read" ? ["GET", "POST"] : ["POST"],
    work: (call) => work(call, path),
  });
  return [
    method("/ofs/create-table", "write", (call, path) => createTable(admin, call, path)),
    method("/ofs/alter-table", "write", (call, path) => alterTable(admin, call, path)),
    method("/ofs/write-features", "write", (call, path) =>
      writeFeatures(engine, call, path, notes),
    ),
    method("/ofs/async-batch-write", "write", (call, path) =>
      batchWrite(engine, call, path, limits),
    ),
    method("/ofs/get-data", "read", (call, path) => getData(engine, call, path)),
    method("/ofs/bulk-read", "read", (call, path) => bulkRead(engine, call, path, notes)),
    method("/ofs/multi-bulk-read", "read", (call, path) => multiBulkRead(engine, call, path)),
  ];
}
