import type { InvalidationChannel } from "@ofs/cache";
import type { Health, WorkerLink } from "@ofs/platform";
import type { Registry } from "prom-client";
import { WorkerInvalidationChannel } from "./connections/worker-invalidation-channel.ts";

/** Lets the primary know how this worker is, now that it takes connections, and gives it the worker's metrics. */
export function joinHost(link: WorkerLink, health: Health, metrics: Registry): void {
  link.provideMetrics(metrics);
  link.setState("open");
  health.onChange((isReady) => {
    if (health.isDraining) link.setState("draining");
    else link.setState(isReady ? "ready" : "open");
  });
}

/** The way to the other workers, if this process is one of several. It needs no closing. */
export function hostChannels(
  link: WorkerLink | undefined,
  metrics: Registry,
): InvalidationChannel[] {
  if (link === undefined) return [];
  return [new WorkerInvalidationChannel(link.bus("invalidation"), metrics)];
}
