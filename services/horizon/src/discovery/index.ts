export { type CatalogView, LiveCatalog } from "./catalog/live-catalog.ts";
export { type DiscoveryDeps, discoveryRoutes } from "./discovery-routes.ts";
export { type DriftDeps, DriftReporter } from "./drift/drift-reporter.ts";
export { type RawClient, valuesOfClient } from "./values/client-values.ts";
export type { ValueReader } from "./values/feature-values.ts";
