import {
  type CounterSeries,
  type HistogramSeries,
  type InFlightLimit,
  LATENCY_BUCKETS_SECONDS,
  TallyCounter,
  TallyHistogram,
} from "@ofs/platform";
import { Gauge, type Registry } from "prom-client";

/** Label value for callers that did not authenticate: caller-chosen text never becomes a label. */
export const UNKNOWN_CALLER = "unknown";

const labelNames = ["method", "caller_id", "status"];

/** One combination of labels. */
interface Series {
  readonly calls: CounterSeries;
  readonly latency: HistogramSeries;
}

/** Counts and times every call, over gRPC or HTTP, admitted or not. */
export class RequestMetrics {
  readonly #calls: TallyCounter;
  readonly #latency: TallyHistogram;
  /** By method, caller and status: made once, so that a call costs three lookups. */
  readonly #byMethod = new Map<string, Map<string, Map<string, Series>>>();

  constructor(registry: Registry, limit: InFlightLimit) {
    this.#calls = new TallyCounter({
      name: "ofs_grpc_server_requests_total",
      help: "Calls answered, over gRPC or HTTP, by full method name, caller and status.",
      labelNames,
      registry,
    });
    this.#latency = new TallyHistogram(
      {
        name: "ofs_grpc_server_request_latency_seconds",
        help: "From the complete request to the answer, without the transport's own time.",
        labelNames,
        registry,
      },
      LATENCY_BUCKETS_SECONDS,
    );
    new Gauge({
      name: "ofs_grpc_server_requests_in_flight",
      help: "Calls being worked on.",
      registers: [registry],
      collect() {
        this.set(limit.count);
      },
    });
  }

  /** @param status Go's name of the code, `OK` for success */
  record(method: string, callerId: string, status: string, seconds: number): void {
    const known = this.#byMethod.get(method)?.get(callerId)?.get(status);
    const { calls, latency } = known ?? this.#add(method, callerId, status);
    calls.count += 1;
    latency.observe(seconds);
  }

  #add(method: string, callerId: string, status: string): Series {
    const series = {
      calls: this.#calls.series(method, callerId, status),
      latency: this.#latency.series(method, callerId, status),
    };
    getOrAdd(getOrAdd(this.#byMethod, method), callerId).set(status, series);
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
