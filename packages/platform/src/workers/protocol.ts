import type { MetricObjectWithValues, MetricValue } from "prom-client";
import { z } from "zod";

/** Set by the primary for its workers. */
export const SLOT_VARIABLE = "OFS_WORKER_SLOT";
export const PORT_VARIABLE = "OFS_WORKER_PORT";

/** What a worker says of itself. */
export const WORKER_STATES = ["open", "ready", "draining"] as const;

/**
 * `open`: takes connections, though it may not be able to serve yet; `ready`: serves; `draining`: takes no more.
 */
export type WorkerState = (typeof WORKER_STATES)[number];

/** Topics of the messages, by who sends them. */
export const TOPICS = {
  fromWorker: {
    state: "state",
    failed: "failed",
    publish: "publish",
    scrape: "scrape",
    final: "final",
  },
  fromPrimary: {
    drain: "drain",
    activate: "activate",
    summary: "summary",
    ping: "ping",
    connection: "connection",
    deliver: "deliver",
    collect: "collect",
  },
} as const;

export const NOTHING = z.unknown();
export const STATE = z.enum(WORKER_STATES);
export const REASON = z.string();
export const SUMMARY = z.object({ workerCount: z.number(), readyCount: z.number() });
/** A message of the bus: passed on as it is. */
export const BUS_MESSAGE = z.object({ topic: z.string(), payload: z.unknown() });
export const PUBLISHED = z.object({ lateCount: z.number() });
export const TAKEN = z.object({ isTaken: z.boolean() });
export const SCRAPED = z.object({ text: z.string(), contentType: z.string() });

/** A metric with its values, as prom-client's `getMetricsAsJSON` gives it. */
export type Series = Pick<
  MetricObjectWithValues<MetricValue<string>>,
  "name" | "help" | "type" | "aggregator" | "values"
>;

export const COLLECTED = z.array(
  z.custom<Series>(
    (item) =>
      typeof item === "object" &&
      item !== null &&
      "name" in item &&
      typeof item.name === "string" &&
      "values" in item &&
      Array.isArray(item.values),
  ),
);

/** How many workers there should be, and how many serve. */
export type WorkerSummary = z.output<typeof SUMMARY>;
