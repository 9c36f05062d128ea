export { fleetPlugin } from "./fleet-plugin.ts";
export type { FleetTarget } from "./targets.ts";
