import { type DashboardSpec, graph, quantile, quantiles, rate, stat } from "../dashboard-spec.ts";

const REQUESTS = "ofs_grpc_server_requests_total";
const LATENCY = "ofs_grpc_server_request_latency_seconds";
const RETRIEVES = 'method=~"/retrieve.FeatureService/.*"';
const PERSISTS = 'method=~"/persist.FeatureService/.*"';

/** Statuses that count against availability; what a caller does wrong does not. */
const FAULTS = "Unknown|DeadlineExceeded|ResourceExhausted|Internal|Unavailable|DataLoss";

const GOOD_SHARE = `sum(rate(${REQUESTS}{job=~"$job", status!~"${FAULTS}"}[$__rate_interval]))
  / sum(rate(${REQUESTS}{job=~"$job"}[$__rate_interval]))`;

function hitRatio(cacheType: string, by = ""): string {
  const grouping = by === "" ? "sum" : `sum by (${by})`;
  const part = (metric: string) =>
    `${grouping} (rate(${metric}{job=~"$job", cache_type="${cacheType}"}[$__rate_interval]))`;
  return `${part("ofs_feature_retrieve_cache_hit_total")} / ${part("ofs_feature_retrieve_cache_requests_total")}`;
}

export const API_SERVER: DashboardSpec = {
  uid: "ofs-api-server",
  title: "OFS / API server",
  description: "Reads and consistent writes: rate, errors, time; caches; stores; registry.",
  jobs: ".*api-server.*|ofs.*",
  rows: [
    {
      title: "Calls",
      panels: [
        stat(
          "Calls",
          "reqps",
          { calls: `sum(rate(${REQUESTS}{job=~"$job"}[$__rate_interval]))` },
          "All methods, over gRPC and HTTP.",
        ),
        stat(
          "Good calls",
          "percentunit",
          { good: GOOD_SHARE },
          "Share of calls that did not end by a fault of the server. What a caller did wrong counts as good.",
        ),
        stat(
          "Rows read",
          "rowsps",
          {
            rows: `sum(rate(ofs_rows_total{job=~"$job", operation="retrieve"}[$__rate_interval]))`,
          },
          "Entity keys answered.",
        ),
        stat(
          "Read p99",
          "s",
          { p99: quantile(0.99, LATENCY, "", RETRIEVES) },
          "From the whole request to the answer.",
        ),
        stat(
          "In flight",
          "short",
          { calls: 'sum(ofs_grpc_server_requests_in_flight{job=~"$job"})' },
          "Calls that have begun and are not answered.",
        ),
        stat(
          "Instances ready",
          "short",
          { ready: 'sum(ofs_ready{job=~"$job"})' },
          "Processes that say they are ready.",
        ),
        graph(
          "By status",
          "reqps",
          { "{{status}}": rate(REQUESTS, "status") },
          "ResourceExhausted: refused early, as too much was asked. Unavailable: a store did not answer.",
        ),
        graph(
          "By caller",
          "reqps",
          { "{{caller_id}}": rate(REQUESTS, "caller_id") },
          "Callers that are not known count as unknown.",
        ),
        graph("By method", "reqps", { "{{method}}": rate(REQUESTS, "method") }, "All methods."),
        graph(
          "Time of reads",
          "s",
          quantiles(LATENCY, RETRIEVES),
          "From the whole request to the answer.",
        ),
        graph(
          "Time of writes",
          "s",
          quantiles(LATENCY, PERSISTS),
          "From the whole request to the answer, which is given when the row is stored.",
        ),
        graph(
          "p99 by instance",
          "s",
          { "{{instance}}": quantile(0.99, LATENCY, "instance", RETRIEVES) },
          "One that is far from the others is sick, or has the hot keys.",
        ),
      ],
    },
    {
      title: "Rows",
      panels: [
        graph(
          "Rows by entity",
          "rowsps",
          { "{{entity}} {{operation}}": rate("ofs_rows_total", "entity, operation") },
          "Rows answered or written.",
        ),
        graph(
          "Time by entity, p99",
          "s",
          { "{{entity}}": quantile(0.99, "ofs_orchestrator_retrieve_latency_seconds", "entity") },
          "Of the reads of one entity, without the transport.",
        ),
        graph(
          "How cells were answered",
          "cps",
          { "{{validity}}": rate("ofs_online_feature_store_retrieve_validity_total", "validity") },
          "valid; expired and negative_cache are answered by defaults; degraded: the store failed and defaults were allowed.",
        ),
      ],
    },
    {
      title: "Caches",
      panels: [
        graph(
          "Hit ratio by tier",
          "percentunit",
          {
            "in memory": hitRatio("in_memory"),
            distributed: hitRatio("distributed"),
            peers: hitRatio("p2p"),
          },
          "Keys that a tier could answer whole, of those that it was asked for.",
        ),
        graph(
          "Hit ratio in memory, by entity",
          "percentunit",
          { "{{entity_name}}": hitRatio("in_memory", "entity_name") },
          "Of the cache in the process.",
        ),
        graph(
          "Items in memory",
          "short",
          { "{{instance}} {{cache_name}}": 'ofs_in_memory_cache_item_count{job=~"$job"}' },
          "Entries, absent keys included.",
        ),
        graph(
          "Bytes in memory",
          "bytes",
          { "{{instance}} {{cache_name}}": 'ofs_in_memory_cache_size_bytes{job=~"$job"}' },
          "As counted; the limit is IN_MEM_CACHE_n_SIZE_IN_BYTES.",
        ),
        graph(
          "Time of the distributed cache, p99",
          "s",
          {
            "{{cache_type}}": quantile(
              0.99,
              "ofs_feature_retrieve_cache_latency_seconds",
              "cache_type",
            ),
          },
          "One read of all keys of a request.",
        ),
        graph(
          "Invalidation",
          "cps",
          { "{{result}}": rate("ofs_invalidation_messages_total", "result") },
          "Messages about written keys, to and from the other processes.",
        ),
      ],
    },
    {
      title: "Stores",
      panels: [
        graph(
          "Keys read",
          "rowsps",
          {
            "{{db_type}} {{entity_label}}": rate(
              "ofs_db_retrieve_count_total",
              "db_type, entity_label",
            ),
          },
          "What no cache could answer.",
        ),
        graph(
          "Time of reads, p99",
          "s",
          { "{{db_type}}": quantile(0.99, "ofs_db_retrieve_latency_seconds", "db_type") },
          "One read of all keys of a request that go to this store.",
        ),
        graph(
          "Failures",
          "cps",
          {
            "read {{db_type}}": rate("ofs_retrieve_failure_total", "db_type"),
            "write {{db_type}}": rate("ofs_persist_query_failure_total", "db_type"),
          },
          "Reads and writes that a store did not take.",
        ),
        graph(
          "Waiting for a store",
          "short",
          {
            "{{db_type}} {{conf_id}}":
              'sum by (db_type, conf_id) (ofs_store_in_flight{job=~"$job"})',
            "limit {{db_type}} {{conf_id}}":
              'sum by (db_type, conf_id) (ofs_store_limit{job=~"$job"})',
            "late {{db_type}} {{conf_id}}":
              'sum by (db_type, conf_id) (ofs_store_abandoned{job=~"$job"})',
          },
          "Calls that wait for one store, and how many may: the bulkhead that keeps a slow store from others. Late ones keep their places while the store may work on them.",
        ),
        graph(
          "Refused",
          "reqps",
          {
            "store {{db_type}}": rate("ofs_store_refused_total", "db_type"),
            overload: `sum(rate(ofs_overload_refused_total{job=~"$job"}[$__rate_interval]))`,
          },
          "Calls refused early: the store's bulkhead was full, or the process had more to do than time.",
        ),
        graph(
          "Waiting for their turn",
          "short",
          { "{{instance}}": 'ofs_overload_waiting{job=~"$job"}' },
          "Calls that a process without idle time has not begun yet. The others in flight wait for a store.",
        ),
        graph(
          "Circuit breakers open",
          "short",
          { "{{cb_key}}": 'max by (cb_key) (ofs_feature_retrieve_cb_open{job=~"$job"})' },
          "1: the distributed cache is left out for a while.",
        ),
      ],
    },
    {
      title: "Registry and connections",
      panels: [
        graph(
          "Revision served",
          "short",
          { "{{instance}}": 'ofs_registry_revision{job=~"$job"}' },
          "All lines should meet within a second of a change.",
        ),
        graph(
          "Faults of the registry",
          "short",
          { "{{disables}}": 'sum by (disables) (ofs_registry_faults{job=~"$job"})' },
          "Nodes of the tree that say nothing sensible, by what they disable.",
        ),
        graph(
          "Connections",
          "short",
          {
            "{{instance}}": 'ofs_connections{job=~"$job"}',
            "faults {{reason}}": rate("ofs_connection_faults_total", "reason"),
          },
          "Open connections; connections that were closed for cause.",
        ),
      ],
    },
  ],
};
