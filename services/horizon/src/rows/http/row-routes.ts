import type { RowAdmin } from "../row-admin.ts";
import { consumerRoutes } from "./consumer-routes.ts";
import { entityRoutes } from "./entity-routes.ts";
import { groupRoutes } from "./group-routes.ts";
import { operationRoutes } from "./operation-routes.ts";
import type { RowRoute } from "./row-scope.ts";
import { runRoutes } from "./run-routes.ts";
import { searchRoutes } from "./search-routes.ts";
import { tenantRoutes } from "./tenant-routes.ts";

/** All endpoints of the row dialect's control plane. */
export function rowRoutes(admin: RowAdmin): RowRoute[] {
  return [
    ...entityRoutes(admin),
    ...groupRoutes(admin),
    ...runRoutes(admin),
    ...tenantRoutes(admin),
    ...consumerRoutes(admin),
    ...searchRoutes(admin),
    ...operationRoutes(admin),
  ];
}
