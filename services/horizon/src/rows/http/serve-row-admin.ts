import type { FastifyInstance } from "fastify";
import { featureStoreFailure, featureStoreRoutes } from "../feature-store/feature-store-routes.ts";
import type { RowAdmin } from "../row-admin.ts";
import { rowRoutes } from "./row-routes.ts";
import { type RowScopeOptions, serveRows } from "./row-scope.ts";

/** Serves all endpoints of the row dialect's control plane. */
export async function serveRowAdmin(
  app: FastifyInstance,
  admin: RowAdmin,
  options: Omit<RowScopeOptions, "routes" | "answerFailure">,
): Promise<void> {
  await serveRows(app, { ...options, routes: rowRoutes(admin) });
  await serveRows(app, {
    ...options,
    routes: featureStoreRoutes(admin),
    answerFailure: (failure) => ({ status: 200, body: featureStoreFailure(failure) }),
  });
}
