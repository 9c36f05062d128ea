export { acceptsConnections, freePort, freePorts, localAddress } from "./free-ports.ts";
export {
  type ProcessOptions,
  type Readiness,
  startProcess,
  type TestProcess,
} from "./process.ts";
export type { ProcessExit } from "./process-handle.ts";
export {
  type ServerAddress,
  type ServerName,
  serverAddress,
  serverAddresses,
} from "./servers/server-address.ts";
export { type WaitOptions, waitUntil } from "./wait-until.ts";
