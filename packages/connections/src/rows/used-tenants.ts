import { DEFAULT_TENANT, type RowCatalog } from "@ofs/rows";

/** Tenants that rows are read from or written to, and the default one. */
export function usedTenants(catalog: RowCatalog): ReadonlySet<string> {
  const tenants = new Set([DEFAULT_TENANT]);
  for (const { metadata } of catalog.groups()) {
    tenants.add(metadata.tenant.read);
    tenants.add(metadata.tenant.write);
  }
  return tenants;
}
