import type { Logger } from "@ofs/platform";
import { Cluster, type Redis } from "ioredis";
import type { RedisClient } from "./redis-clients.ts";

/**
 * Listens to a client's connection: one log line when it is lost or cannot be made, one when it is there
 * again, none for the attempts in between. Without an error listener the driver would print each one.
 *
 * @param onFault told why there is no connection; undefined once there is one
 */
export function watchClient(
  driver: RedisClient["driver"],
  name: string,
  log: Logger | undefined,
  onFault?: (fault: string | undefined) => void,
): void {
  let isDown = false;
  const report = (error: Error): void => {
    onFault?.(error.message);
    if (isDown) return;
    isDown = true;
    log?.warn({ redis: name, err: error }, "redis connection failed");
  };
  driver.on("error", report);
  driver.on("node error", report);
  driver.on("ready", () => {
    isDown = false;
    onFault?.(undefined);
    log?.info({ redis: name }, "redis connected");
  });
}

/** Tells when a connection to a server has ended, for whatever reason: before another one is tried. */
export function onLoss(driver: RedisClient["driver"], listener: () => void): void {
  if (!(driver instanceof Cluster)) {
    driver.on("close", listener);
    return;
  }
  driver.on("+node", (node: Redis) => node.on("close", listener));
}
