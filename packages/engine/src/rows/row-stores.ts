import type { RowStore } from "@ofs/store";

/** The stores of tenants. */
export interface RowStores {
  /**
   * The store that a tenant's rows live in. It may still have to be connected.
   *
   * @returns undefined if this process has no connection for the tenant
   */
  storeOf(tenant: string): RowStore | undefined;
}
