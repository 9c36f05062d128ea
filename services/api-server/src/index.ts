export {
  type ApiServer,
  type ApiServerOverrides,
  startApiServer,
} from "./api-server.ts";
export { AUTH_TOKEN_HEADER, CALLER_ID_HEADER } from "./auth/authenticator.ts";
export { type ApiServerConfig, configVariables, loadConfig } from "./config.ts";
export { type Front, type FrontDeps, type FrontSettings, openFront } from "./front.ts";
export { type AdminAnswer, HttpRowAdmin, type RowAdmin } from "./rows/row-admin.ts";
