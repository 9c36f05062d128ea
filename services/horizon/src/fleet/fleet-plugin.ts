import type { FastifyInstance } from "fastify";
import { FleetMonitor } from "./fleet-monitor.ts";
import { type FleetRouteDeps, fleetRoutes } from "./fleet-routes.ts";
import { probeInstance } from "./probe.ts";
import type { FleetTarget } from "./targets.ts";

/** Where the newest revision of the registry is known. */
type Catalog = FleetRouteDeps["catalog"] & { readonly changeRevision: number | undefined };

/** Makes a plugin of all endpoints about the fleet. Nothing is asked of it until somebody asks here. */
export function fleetPlugin(
  targets: readonly FleetTarget[],
  catalog: Catalog,
  requests: FleetRouteDeps["requests"],
): (app: FastifyInstance) => void {
  const monotonicNow = (): number => performance.now();
  const monitor = new FleetMonitor({
    targets,
    probe: (target) => probeInstance(target, { monotonicNow }),
    changeRevision: () => catalog.changeRevision,
    now: Date.now,
    monotonicNow,
  });
  return fleetRoutes({ monitor, catalog, requests });
}
