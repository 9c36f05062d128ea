export { runCli } from "./cli/program.ts";
export { type Fleet, type FleetSurroundings, startFleet } from "./fleet/fleet.ts";
export { type FleetOptions, parseOptions } from "./fleet/options.ts";
