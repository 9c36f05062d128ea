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

/** Checks are texts, flags or objects with more about them, nested or not. */
export function healthCheck(name: string, check: unknown): HealthCheck {
  if (typeof check === "boolean") return { name, status: check ? "ok" : "failed", detail: "" };
  if (!isRecord(check)) return { name, status: String(check), detail: "" };
  const { status, detail, ...rest } = check;
  const facts = isRecord(detail) ? { ...rest, ...detail } : { ...rest, detail };
  const texts = Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([key, value]) => `${key}: ${isRecord(value) ? Object.values(value).join(", ") : value}`);
  return { name, status: String(status ?? "unknown"), detail: texts.join(", ") };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
