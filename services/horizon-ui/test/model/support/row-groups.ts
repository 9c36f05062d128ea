import type { RowGroup } from "../../../src/model/rows.ts";

/** A version of a feature group with one column, and with what the test is about. */
export function rowGroup(name: string, change: Partial<RowGroup> = {}): RowGroup {
  return {
    name,
    version: "v1",
    isVersioned: true,
    type: "ONLINE",
    entityName: "players",
    columns: [{ name: "wins", type: "INT", description: "", tags: [] }],
    tenants: { read: "default-tenant", write: "default-tenant", consume: "default-tenant" },
    state: "LIVE",
    owner: "ada@example.org",
    tags: [],
    description: "",
    createdAtMs: 0,
    updatedAtMs: 0,
    ...change,
  };
}
