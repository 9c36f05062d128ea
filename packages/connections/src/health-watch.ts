import { FeatureStoreError, type Health, type Lifecycle } from "@ofs/platform";
import { Gauge, type Registry } from "prom-client";
import type { BackendMonitor } from "./backend-monitor.ts";

/** How often readiness is looked at for those who watch it. */
const REFRESH_INTERVAL_MS = 1_000;

/** How often `waitUntilReady` looks. */
const POLL_INTERVAL_MS = 20;

/** Tells those who watch readiness of its changes, from now until the lifecycle ends. */
export function watchHealth(health: Health, lifecycle: Lifecycle): void {
  const timer = setInterval(() => health.refresh(), REFRESH_INTERVAL_MS);
  lifecycle.register("health timer", () => clearInterval(timer));
}

/** @param monitor of stores; none for a process without stores */
export function registerHealthMetrics(
  metrics: Registry,
  health: Health,
  monitor?: BackendMonitor,
): void {
  new Gauge({
    name: "ofs_ready",
    help: "1 while the process is ready; of several, 1 while all are.",
    aggregator: "min",
    registers: [metrics],
    collect() {
      this.set(health.isReady ? 1 : 0);
    },
  });
  if (monitor === undefined) return;
  new Gauge({
    name: "ofs_backend_up",
    help: "1 while a store connection answers pings.",
    aggregator: "min",
    labelNames: ["backend"],
    registers: [metrics],
    collect() {
      for (const { name, state } of monitor.statuses()) {
        this.set({ backend: name }, state === "up" ? 1 : 0);
      }
    },
  });
}

/** @throws {FeatureStoreError} DEADLINE_EXCEEDED, with what the checks say */
export function waitUntilReady(health: Health, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    if (health.isReady) {
      resolve();
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      clearInterval(poll);
    };
    const timer = setTimeout(() => {
      stop();
      const checks = JSON.stringify(health.report().checks);
      const message = `not ready after ${timeoutMs} ms: ${checks}`;
      reject(new FeatureStoreError("DEADLINE_EXCEEDED", message));
    }, timeoutMs);
    const poll = setInterval(() => {
      if (!health.isReady) return;
      stop();
      resolve();
    }, POLL_INTERVAL_MS);
  });
}
