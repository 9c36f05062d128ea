import type { RowCatalog } from "@ofs/rows";
import type { RowStore } from "@ofs/store";

/** What rows are checked against, and where they go. */
export interface RowDestinations {
  /** The newest one; undefined before the first. */
  catalog(): RowCatalog | undefined;
  /** @returns undefined if this process has no connection for the tenant */
  storeOf(tenant: string): RowStore | undefined;
}
