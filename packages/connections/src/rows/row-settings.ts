import { choice, type EnvReader, list, text } from "@ofs/platform";
import { DEFAULT_TENANT, isTenantName } from "@ofs/rows";
import type { ScyllaConsistency } from "@ofs/store";
import { z } from "zod";
import { CONSISTENCIES, type ScyllaSettings } from "../config/scylla-settings.ts";

/** In a host pattern: stands for `-<tenant>`, or for nothing with the default tenant. */
export const TENANT_PLACEHOLDER = "{{KEY}}";

const TENANT_LIST = "ROW_TENANT_CONFIG_IDS";
const HOST_PATTERN = "ROW_TENANT_HOST_PATTERN";

export const ROW_STORE_VARIABLES = z.object({
  [TENANT_LIST]: list().optional(),
  [HOST_PATTERN]: text()
    .refine((host) => host.includes(TENANT_PLACEHOLDER), `must contain ${TENANT_PLACEHOLDER}`)
    .optional(),
  ROW_KEYSPACE: text()
    .refine((name) => /^\w{1,48}$/.test(name), "must be a keyspace name")
    .default("ofs"),
  ROW_CONSISTENCY: choice(...CONSISTENCIES).default("LOCAL_QUORUM"),
});

/** Where tenants of the row dialect have their rows. */
export interface RowStoreSettings {
  /** Configuration ids of Cassandra or ScyllaDB connections, by tenant; empty: rows are in the data folder, if there is one. */
  readonly confIds: ReadonlyMap<string, number>;
  /** For tenants that are not listed; their other settings are the default tenant's. */
  readonly hostPattern: string | undefined;
  readonly keyspace: string;
  readonly consistency: ScyllaConsistency;
}

/** @param scylla the connections that there are */
export function readRowStoreSettings(
  reader: EnvReader,
  scylla: readonly ScyllaSettings[],
): RowStoreSettings | undefined {
  const env = reader.read(ROW_STORE_VARIABLES);
  if (env === undefined) return undefined;
  const confIds = readTenants(reader, env[TENANT_LIST] ?? [], scylla);
  const [first] = scylla;
  if (env[TENANT_LIST] === undefined && first !== undefined) {
    confIds.set(DEFAULT_TENANT, first.confId);
  }
  if (env[HOST_PATTERN] !== undefined && !confIds.has(DEFAULT_TENANT)) {
    reader.fault(HOST_PATTERN, `needs ${DEFAULT_TENANT} in ${TENANT_LIST}`);
  }
  return {
    confIds,
    hostPattern: env[HOST_PATTERN],
    keyspace: env.ROW_KEYSPACE,
    consistency: env.ROW_CONSISTENCY,
  };
}

function readTenants(
  reader: EnvReader,
  entries: readonly string[],
  scylla: readonly ScyllaSettings[],
): Map<string, number> {
  const confIds = new Map<string, number>();
  for (const entry of entries) {
    const [, tenant = "", id = ""] = /^([^:]*):(\d{1,9})$/.exec(entry) ?? [];
    const confId = Number(id);
    if (!isTenantName(tenant)) {
      reader.fault(TENANT_LIST, `${entry} is not <tenant>:<configuration id>`);
    } else if (confIds.has(tenant)) {
      reader.fault(TENANT_LIST, `tenant ${tenant} is there twice`);
    } else if (!scylla.some((each) => each.confId === confId)) {
      reader.fault(TENANT_LIST, `tenant ${tenant}: id ${id} is no Scylla connection`);
    } else {
      confIds.set(tenant, confId);
    }
  }
  return confIds;
}
