export { DEFAULT_ADMIN_EMAIL, type FirstAdmin } from "./auth/first-admin.ts";
export { JWT_SECRET_FILE } from "./auth/jwt-secret.ts";
export { configVariables, type HorizonConfig, loadConfig } from "./config/config.ts";
export { EMBEDDED_CONF_ID } from "./config/store-settings.ts";
export { EMBEDDED_FILE as DATABASE_FILE } from "./database/embedded/open-embedded.ts";
export { type RawClient, type ValueReader, valuesOfClient } from "./discovery/index.ts";
export { firstAdminText } from "./first-admin-text.ts";
export { type Horizon, type HorizonSurroundings, startHorizon } from "./horizon.ts";
