import type { FastifyInstance } from "fastify";
import type { AuditRepository } from "../database/ports.ts";
import type { CatalogView } from "./catalog/live-catalog.ts";
import type { DriftReporter } from "./drift/drift-reporter.ts";
import { catalogRoutes, type StoreChoices } from "./http/catalog-routes.ts";
import { detailRoutes } from "./http/detail-routes.ts";
import { driftRoutes } from "./http/drift-routes.ts";
import { mappingRoutes } from "./http/mapping-routes.ts";
import { valueRoutes } from "./http/value-routes.ts";
import type { ValueReader } from "./values/feature-values.ts";

export interface DiscoveryDeps {
  readonly catalog: CatalogView;
  readonly stores: StoreChoices;
  readonly drift: DriftReporter;
  /** undefined: no data plane is configured, and values cannot be looked up. */
  readonly values: ValueReader | undefined;
  readonly audit: Pick<AuditRepository, "add">;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Makes a plugin of all endpoints that read the registry: lists, details, mappings for jobs, drift, values. */
export function discoveryRoutes(deps: DiscoveryDeps): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    const { catalog, stores, drift, values, now } = deps;
    catalogRoutes(app, catalog, stores);
    detailRoutes(app, catalog, now);
    driftRoutes(app, drift);
    if (values !== undefined) valueRoutes(app, { ...deps, values });
    await mappingRoutes(app, catalog, now);
  };
}
