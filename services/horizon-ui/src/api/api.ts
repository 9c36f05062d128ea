import { type AuditApi, createAuditApi } from "./audit.ts";
import { type CatalogApi, createCatalogApi } from "./catalog.ts";
import { createDiscoveryApi, type DiscoveryApi } from "./discovery.ts";
import { createDriftApi, type DriftApi } from "./drift.ts";
import { createFleetApi, type FleetApi } from "./fleet.ts";
import { createHealthApi, type HealthApi } from "./health.ts";
import type { Http } from "./http.ts";
import { createPopulatorApi, type PopulatorApi } from "./populator.ts";
import { createRequestsApi, type RequestsApi } from "./requests.ts";
import { createRowsApi, type RowsApi } from "./rows.ts";
import { createSessionApi, type SessionApi } from "./session.ts";
import { createTenantsApi, type TenantsApi } from "./tenants.ts";
import { createTokensApi, type TokensApi } from "./tokens.ts";
import { createUsersApi, type UsersApi } from "./users.ts";
import { createValuesApi, type ValuesApi } from "./values.ts";

/** Everything that the pages ask the server. */
export interface Api {
  readonly session: SessionApi;
  readonly discovery: DiscoveryApi;
  readonly catalog: CatalogApi;
  readonly requests: RequestsApi;
  readonly tokens: TokensApi;
  readonly users: UsersApi;
  readonly audit: AuditApi;
  readonly drift: DriftApi;
  readonly fleet: FleetApi;
  readonly health: HealthApi;
  readonly values: ValuesApi;
  readonly rows: RowsApi;
  readonly tenants: TenantsApi;
  readonly populator: PopulatorApi;
}

export function createApi(http: Http): Api {
  return {
    session: createSessionApi(http),
    discovery: createDiscoveryApi(http),
    catalog: createCatalogApi(http),
    requests: createRequestsApi(http),
    tokens: createTokensApi(http),
    users: createUsersApi(http),
    audit: createAuditApi(http),
    drift: createDriftApi(http),
    fleet: createFleetApi(http),
    health: createHealthApi(http),
    values: createValuesApi(http),
    rows: createRowsApi(http),
    tenants: createTenantsApi(http),
    populator: createPopulatorApi(http),
  };
}
