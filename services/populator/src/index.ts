export { configVariables, loadConfig, type PopulatorConfig } from "./config.ts";
export { type Populator, type PopulatorOverrides, startPopulator } from "./populator.ts";
export { STATE_FILE } from "./store/open-store.ts";
