import { type DashboardSpec, graph, quantile, rate, stat } from "../dashboard-spec.ts";

export const FLEET: DashboardSpec = {
  uid: "ofs-fleet",
  title: "OFS / Fleet",
  description: "The state of the whole fleet on one page, against its objectives.",
  jobs: ".*",
  rows: [
    {
      title: "Objectives",
      panels: [
        stat(
          "Availability, 30 days",
          "percentunit",
          { good: "avg_over_time(ofs:availability:ratio_5m[30d])" },
          "Share of calls to the api-server without a fault of the server. Objective: 99.9 %.",
        ),
        stat(
          "Reads within 10 ms, 30 days",
          "percentunit",
          { fast: "avg_over_time(ofs:read_within_10ms:ratio_5m[30d])" },
          "Objective: 99 %.",
        ),
        stat(
          "Stored within 10 s, 30 days",
          "percentunit",
          { fresh: "avg_over_time(ofs:stored_within_10s:ratio_5m[30d])" },
          "Share of records whose rows were stored within 10 s of their time. Objective: 99 %.",
        ),
        stat(
          "Instances up",
          "short",
          { up: 'sum(up{job=~"$job"})' },
          "Of those that Prometheus knows.",
        ),
        stat(
          "Instances down",
          "short",
          { down: 'count(up{job=~"$job"} == 0) or vector(0)' },
          "That Prometheus knows and cannot reach.",
        ),
        stat(
          "Backends down",
          "short",
          { down: 'count(ofs_backend_up{job=~"$job"} == 0) or vector(0)' },
          "Stores, caches, brokers and databases that an instance cannot reach.",
        ),
      ],
    },
    {
      title: "Traffic",
      panels: [
        graph(
          "Calls",
          "reqps",
          {
            "{{job}}": rate("ofs_grpc_server_requests_total", "job"),
            "{{job}} (HTTP)": rate("ofs_http_requests_total", "job"),
          },
          "gRPC calls of api-servers, HTTP requests of the control plane.",
        ),
        graph(
          "Rows read and written",
          "rowsps",
          {
            "{{operation}}": rate("ofs_rows_total", "operation"),
            ingested: 'sum(rate(ofs_ingest_rows_total{job=~"$job"}[$__rate_interval]))',
          },
          "Through the API, and by ingestion.",
        ),
        graph(
          "Read time",
          "s",
          {
            p50: quantile(
              0.5,
              "ofs_grpc_server_request_latency_seconds",
              "",
              'method=~"/retrieve.*"',
            ),
            p99: quantile(
              0.99,
              "ofs_grpc_server_request_latency_seconds",
              "",
              'method=~"/retrieve.*"',
            ),
          },
          "From the whole request to the answer.",
        ),
        graph(
          "Lag",
          "short",
          { "{{topic}}": 'sum by (topic) (ofs_ingest_lag_records{job=~"$job"})' },
          "Records between what is committed and the end of the topics.",
        ),
        graph(
          "Age of what was written last",
          "s",
          {
            "{{entity}} {{feature_group}}":
              'time() - max by (entity, feature_group) (ofs_feature_group_last_write_timestamp_seconds{job=~"$job"})',
          },
          "A group that nobody has written for long: its producer may have stopped.",
        ),
        graph(
          "Backends",
          "short",
          { "{{job}} {{backend}}": 'min by (job, backend) (ofs_backend_up{job=~"$job"})' },
          "1: reached by all instances. 0: at least one cannot reach it.",
        ),
      ],
    },
    {
      title: "Machines",
      panels: [
        graph(
          "Processor time",
          "short",
          { "{{job}}": rate("process_cpu_seconds_total", "job") },
          "Cores in use.",
        ),
        graph(
          "Memory",
          "bytes",
          { "{{job}}": 'sum by (job) (process_resident_memory_bytes{job=~"$job"})' },
          "Resident, of all instances.",
        ),
        graph(
          "Event loop lag, worst p99",
          "s",
          { "{{job}}": 'max by (job) (nodejs_eventloop_lag_p99_seconds{job=~"$job"})' },
          "What any call waits for at the least.",
        ),
      ],
    },
  ],
};
