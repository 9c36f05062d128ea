export { configVariables, loadConfig, type PopulatorConfig } from "./config.ts";
export {
  type Populator,
  type PopulatorOverrides,
  REJECTS_FOLDER,
  startPopulator,
} from "./populator.ts";
export { STATE_FILE } from "./store/open-store.ts";
