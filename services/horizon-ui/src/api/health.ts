import { z } from "zod";
import type { Http } from "./http.ts";

export interface HealthCheck {
  readonly name: string;
  /** As the service says it; `ok` is fine. */
  readonly status: string;
  readonly detail: string;
}

export interface HealthReport {
  readonly isReady: boolean;
  readonly status: string;
  readonly checks: readonly HealthCheck[];
}

const readySchema = z.object({
  status: z.string(),
  checks: z.record(z.string(), z.unknown()),
});

export interface HealthApi {
  /** Of the control plane and what it needs. */
  ready(signal?: AbortSignal): Promise<HealthReport>;
}

export function createHealthApi(http: Http): HealthApi {
  return {
    async ready(signal) {
      const { body, status } = await http.call("/ready", readySchema, {
        signal,
        alsoAccept: [503],
      });
      const checks = Object.entries(body.checks).map(([name, check]) => healthCheck(name, check));
      return { isReady: status === 200, status: body.status, checks };
    },
  };
}

/** Checks are texts, flags or objects with more about them. */
export function healthCheck(name: string, check: unknown): HealthCheck {
  if (typeof check === "boolean") return { name, status: check ? "ok" : "failed", detail: "" };
  if (typeof check !== "object" || check === null) {
    return { name, status: String(check), detail: "" };
  }
  const { status, ...rest } = check as Record<string, unknown>;
  const details = Object.entries(rest)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return { name, status: String(status ?? "unknown"), detail: details.join(", ") };
}
