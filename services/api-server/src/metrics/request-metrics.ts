import { type InFlightLimit, LATENCY_BUCKETS_SECONDS } from "@ofs/platform";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Label value for callers that did not authenticate: caller-chosen text never becomes a label. */
export const UNKNOWN_CALLER = "unknown";

interface Labels extends Record<string, string> {
  readonly method: string;
  readonly caller_id: string;
  readonly status: string;
}

const LABEL_NAMES = ["method", "caller_id", "status"];

/** One combination of labels. Counting is a plain increment; the counter metric takes it over when it is read. */
class Series {
  readonly labels: Labels;
  readonly latency: Histogram.Internal<string>;
  count = 0;

  constructor(labels: Labels, latency: Histogram.Internal<string>) {
    this.labels = labels;
    this.latency = latency;
  }
}

/** Counts and times every call, over gRPC or HTTP, admitted or not. */
export class RequestMetrics {
  readonly #latency: Histogram;
  /** By method, caller and status: made once, so that a call costs three lookups. */
  readonly #byMethod = new Map<string, Map<string, Map<string, Series>>>();
  readonly #all: Series[] = [];

  constructor(registry: Registry, limit: InFlightLimit) {
    const registers = [registry];
    const all = this.#all;
    new Counter({
      name: "ofs_grpc_server_requests_total",
      help: "Calls answered, over gRPC or HTTP, by full method name, caller and status.",
      labelNames: LABEL_NAMES,
      registers,
      collect() {
        this.reset();
        for (const { labels, count } of all) this.inc(labels, count);
      },
    });
    this.#latency = new Histogram({
      name: "ofs_grpc_server_request_latency_seconds",
      help: "From the complete request to the answer, without the transport's own time.",
      labelNames: LABEL_NAMES,
      buckets: [...LATENCY_BUCKETS_SECONDS],
      registers,
    });
    new Gauge({
      name: "ofs_grpc_server_requests_in_flight",
      help: "Calls being worked on.",
      registers,
      collect() {
        this.set(limit.count);
      },
    });
  }

  /** @param status Go's name of the code, `OK` for success */
  record(method: string, callerId: string, status: string, seconds: number): void {
    const known = this.#byMethod.get(method)?.get(callerId)?.get(status);
    const series = known ?? this.#add({ method, caller_id: callerId, status });
    series.count += 1;
    series.latency.observe(seconds);
  }

  #add(labels: Labels): Series {
    const series = new Series(labels, this.#latency.labels(labels));
    this.#all.push(series);
    const byCaller = getOrAdd(this.#byMethod, labels.method);
    getOrAdd(byCaller, labels.caller_id).set(labels.status, series);
    return series;
  }
}

function getOrAdd<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, V>();
  map.set(key, made);
  return made;
}
