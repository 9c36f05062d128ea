import { createLogger, type Logger } from "@ofs/platform";

export const silentLog: Logger = createLogger({ service: "database", level: "DISABLED" });
