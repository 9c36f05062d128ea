import { FeatureStoreError } from "@ofs/platform";
import { z } from "zod";
import { jsonOf, reachFailureText, readBounded, shortened } from "../bounded-answer.ts";
import { type MetricsReading, readMetrics } from "./reading.ts";
import type { FleetTarget } from "./targets.ts";

/** For both answers of one instance, whole. */
const PROBE_TIMEOUT_MS = 2_000;

/** Many entities and callers make long answers; more than this is no scrape of ours. */
const METRICS_BYTES_MAX = 16 * 1024 * 1024;
const READY_BYTES_MAX = 256 * 1024;

/** Of the reasons why an instance is not ready. */
const REASON_COUNT_MAX = 20;

/** `down`: it does not answer, or not as our services do. The others are its own words. */
export const INSTANCE_STATES = ["ready", "warning", "not-ready", "draining", "down"] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];

/** What one instance says of itself at one time. */
export interface Probe {
  readonly state: InstanceState;
  /** Why it is not simply ready. */
  readonly reasons: readonly string[];
  /** undefined if it is down or its metrics cannot be read, and `metricsProblem` says why. */
  readonly metrics: MetricsReading | undefined;
  readonly metricsProblem: string | undefined;
}

const readySchema = z.object({
  status: z.enum(["ready", "warning", "not-ready", "draining"]),
  checks: z.record(
    z.string(),
    z.object({ status: z.string(), detail: z.record(z.string(), z.unknown()).optional() }),
  ),
});

export interface ProbeOptions {
  /** A clock that does not step. */
  readonly monotonicNow: () => number;
  readonly timeoutMs?: number;
}

/** Asks one instance for its readiness and its metrics. Never rejects: what goes wrong is part of the answer. */
export async function probeInstance({ url }: FleetTarget, options: ProbeOptions): Promise<Probe> {
  const timeoutMs = options.timeoutMs ?? PROBE_TIMEOUT_MS;
  const signal = AbortSignal.timeout(timeoutMs);
  const [ready, metrics] = await Promise.allSettled([
    askReady(url, signal),
    askMetrics(url, signal, options.monotonicNow),
  ]);
  const failure = (error: unknown): string => reachFailureText(error, timeoutMs);
  if (ready.status === "rejected") {
    const reasons = [failure(ready.reason)];
    return { state: "down", reasons, metrics: undefined, metricsProblem: undefined };
  }
  const { state, reasons } = ready.value;
  const isRead = metrics.status === "fulfilled";
  return {
    state,
    reasons,
    metrics: isRead ? metrics.value : undefined,
    metricsProblem: isRead ? undefined : failure(metrics.reason),
  };
}

async function askReady(
  url: string,
  signal: AbortSignal,
): Promise<Pick<Probe, "state" | "reasons">> {
  // 503 is the answer of an instance that is not ready.
  const text = await getText(`${url}/ready`, [200, 503], READY_BYTES_MAX, signal);
  const parsed = readySchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = [...(issue?.path ?? []).map(String), issue?.message ?? ""].join(": ");
    throw new FeatureStoreError("INTERNAL", `/ready answered no report of readiness: ${where}`);
  }
  const { status, checks } = parsed.data;
  const reasons = Object.entries(checks)
    .filter(([, check]) => check.status !== "ok")
    .map(([name, check]) => reasonText(name, check));
  return { state: status, reasons: reasons.slice(0, REASON_COUNT_MAX) };
}

async function askMetrics(
  url: string,
  signal: AbortSignal,
  monotonicNow: () => number,
): Promise<MetricsReading> {
  const text = await getText(`${url}/metrics`, [200], METRICS_BYTES_MAX, signal);
  return readMetrics(text, monotonicNow());
}

/** @throws {FeatureStoreError} for another status, or a body that is too long; what `fetch` throws */
async function getText(
  url: string,
  statuses: readonly number[],
  maxBytes: number,
  signal: AbortSignal,
): Promise<string> {
  const { pathname } = new URL(url);
  const response = await fetch(url, { signal, redirect: "error" });
  if (!statuses.includes(response.status)) {
    await response.body?.cancel();
    throw new FeatureStoreError("UNAVAILABLE", `${pathname} answered HTTP ${response.status}`);
  }
  return readBounded(response, maxBytes);
}

function reasonText(
  name: string,
  check: {
    readonly status: string;
    readonly detail?: Readonly<Record<string, unknown>> | undefined;
  },
) {
  const facts = Object.entries(check.detail ?? {})
    .filter(([, value]) => value !== "" && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return shortened(`${name}: ${facts.length === 0 ? check.status : facts.join(", ")}`);
}
