import { type InFlightLimit, LATENCY_BUCKETS_SECONDS } from "@ofs/platform";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Label value for callers that did not authenticate: caller-chosen text never becomes a label. */
export const UNKNOWN_CALLER = "unknown";

type Labels = "method" | "caller_id" | "status";

interface Series {
  inc(): void;
  observe(seconds: number): void;
}

/** Counts and times every call, over gRPC or HTTP, admitted or not. */
export class RequestMetrics {
  readonly #requests: Counter<Labels>;
  readonly #latency: Histogram<Labels>;
  /** By method, caller and status: made once, so that a call costs three lookups. */
  readonly #series = new Map<string, Map<string, Map<string, Series>>>();

  constructor(registry: Registry, limit: InFlightLimit) {
    const labelNames: Labels[] = ["method", "caller_id", "status"];
    const registers = [registry];
    this.#requests = new Counter({
      name: "ofs_grpc_server_requests_total",
      help: "Calls answered, over gRPC or HTTP, by full method name, caller and status.",
      labelNames,
      registers,
    });
    this.#latency = new Histogram({
      name: "ofs_grpc_server_request_latency_seconds",
      help: "From the complete request to the answer, without the transport's own time.",
      labelNames,
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
    const series = this.#find(method, callerId, status);
    series.inc();
    series.observe(seconds);
  }

  #find(method: string, callerId: string, status: string): Series {
    const byCaller = getOrAdd(this.#series, method, newMap<Map<string, Series>>);
    const byStatus = getOrAdd(byCaller, callerId, newMap<Series>);
    return getOrAdd(byStatus, status, () => {
      const labels = { method, caller_id: callerId, status };
      const count = this.#requests.labels(labels);
      const time = this.#latency.labels(labels);
      return { inc: () => count.inc(), observe: (seconds) => time.observe(seconds) };
    });
  }
}

function newMap<V>(): Map<string, V> {
  return new Map();
}

function getOrAdd<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
