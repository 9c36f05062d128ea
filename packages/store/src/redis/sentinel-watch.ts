import type { Logger } from "@ofs/platform";
import { Redis } from "ioredis";
import type { Address, ResolvedSettings } from "./options.ts";
import { watchClient } from "./watch-client.ts";

const CHANNEL = "+switch-master";

/** Pause before a sentinel that cannot be reached is tried again. */
const SENTINEL_RECONNECT_MS = 10_000;

/**
 * Listens at every sentinel for a change of master, and makes the client leave the old one. A connection to a
 * master that was cut off from the sentinels but not from us would otherwise go on taking writes that are lost.
 * (The driver has such a detector, too; it prints each failed attempt to the console and outlives `quit`.)
 *
 * @returns ends the watch
 */
export function watchSentinels(
  sentinels: readonly Address[],
  masterName: string,
  master: Redis,
  settings: ResolvedSettings,
  log: Logger | undefined,
): () => void {
  const clients = sentinels.map((address) => {
    const client = new Redis({
      ...address,
      protocol: 2,
      connectTimeout: settings.dialTimeoutMs,
      disableClientInfo: settings.isIdentityDisabled,
      enableReadyCheck: false,
      maxRetriesPerRequest: null,
      retryStrategy: () => SENTINEL_RECONNECT_MS,
      ...(settings.tls === undefined ? {} : { tls: settings.tls }),
    });
    const name = `redis sentinel ${address.host}:${address.port}`;
    watchClient(client, name, log);
    client.on("message", (_channel: string, message: string) => {
      if (!isNewMaster(message, masterName, master)) return;
      log?.warn({ redis: name, message }, "redis master changed");
      master.disconnect(true);
    });
    client.subscribe(CHANNEL).catch((error: unknown) => {
      // Only once closed: until then the driver keeps trying.
      log?.debug({ redis: name, err: error }, "redis sentinel watch ended");
    });
    return client;
  });
  return () => {
    for (const client of clients) client.disconnect();
  };
}

/** @param message `<name> <old host> <old port> <new host> <new port>` */
function isNewMaster(message: string, masterName: string, master: Redis): boolean {
  const [name, , , host, port] = message.split(" ");
  if (name !== masterName || master.status !== "ready") return false;
  const { remoteAddress, remotePort } = master.stream as {
    remoteAddress?: string;
    remotePort?: number;
  };
  return remoteAddress !== host || remotePort !== Number(port);
}
