import { type DashboardSpec, graph, quantile, rate, stat } from "../dashboard-spec.ts";

const READ = "ofs_feature_group_read";
const WRITE = "ofs_feature_group_write";
const SCAN = "ofs_feature_group_partition_read";
const GROUP = "feature_group_name";
const GROUP_LEGEND = `{{${GROUP}}}`;

/** All topics but those of the block dialect, as they are named by default. */
const ROW_TOPICS = 'topic!~".*feature_ingestion.*"';

const total = (metric: string): string => `sum(rate(${metric}{job=~"$job"}[$__rate_interval]))`;

export const ROWS: DashboardSpec = {
  uid: "ofs-rows",
  title: "OFS / Rows",
  description: "The row dialect: reads and writes by feature group, tenants' stores, lag by topic.",
  jobs: ".*(api-server|consumer).*|ofs.*",
  rows: [
    {
      title: "At a glance",
      panels: [
        stat("Keys read", "cps", { keys: total(`${READ}_success_total`) }, "With a row."),
        stat(
          "Keys failed",
          "cps",
          { keys: total(`${READ}_failed_total`) },
          "Without a row, no keys of the table, or not read.",
        ),
        stat(
          "Rows written",
          "rowsps",
          { rows: total(`${WRITE}_success_total`) },
          "Over HTTP; rows from topics are on the consumer's dashboard.",
        ),
        stat(
          "Read p99",
          "s",
          { p99: quantile(0.99, `${READ}_latency_seconds`) },
          "Of whole requests, the engine's part.",
        ),
        stat(
          "Write p99",
          "s",
          { p99: quantile(0.99, `${WRITE}_latency_seconds`) },
          "Of whole requests, the engine's part.",
        ),
        stat(
          "Lag",
          "short",
          { records: `sum(ofs_ingest_lag_records{job=~"$job", ${ROW_TOPICS}}) or vector(0)` },
          "Records of tenants' topics that are not committed.",
        ),
      ],
    },
    {
      title: "Feature groups",
      panels: [
        graph(
          "Keys read",
          "cps",
          { [GROUP_LEGEND]: rate(`${READ}_success_total`, GROUP) },
          "With a row, by feature group.",
        ),
        graph(
          "Keys failed",
          "cps",
          { [GROUP_LEGEND]: rate(`${READ}_failed_total`, GROUP) },
          "Without a row, no keys of the table, or not read. All of a group's: its store is away.",
        ),
        graph(
          "Read p99",
          "s",
          { [GROUP_LEGEND]: quantile(0.99, `${READ}_latency_seconds`, GROUP) },
          "The slowest feature groups show first which table is to blame.",
        ),
        graph(
          "Rows written",
          "rowsps",
          {
            [GROUP_LEGEND]: rate(`${WRITE}_success_total`, GROUP),
            [`failed ${GROUP_LEGEND}`]: rate(`${WRITE}_failed_total`, GROUP),
          },
          "Over HTTP. Failed: rows that do not fit their columns, or that the store did not take.",
        ),
        graph(
          "Write p99",
          "s",
          { [GROUP_LEGEND]: quantile(0.99, `${WRITE}_latency_seconds`, GROUP) },
          "One request writes to one group.",
        ),
        graph(
          "Partitions read",
          "cps",
          {
            [GROUP_LEGEND]: rate(`${SCAN}_success_total`, GROUP),
            [`failed ${GROUP_LEGEND}`]: rate(`${SCAN}_failed_total`, GROUP),
          },
          "Whole partitions, page by page; a large one holds a worker for long.",
        ),
      ],
    },
    {
      title: "Tenants and topics",
      panels: [
        graph(
          "Waiting for stores",
          "short",
          { "{{tenant}}": 'sum by (tenant) (ofs_row_store_in_flight{job=~"$job"})' },
          "Reads, writes and scans that wait for a tenant's store.",
        ),
        graph(
          "Refused for a store",
          "cps",
          { "{{tenant}}": rate("ofs_row_store_refused_total", "tenant") },
          "Too many wait for the tenant's store: it is slower than it is asked.",
        ),
        graph(
          "Lag by topic",
          "short",
          {
            "{{topic}}": `sum by (topic) (ofs_ingest_lag_records{job=~"$job", ${ROW_TOPICS}})`,
          },
          "A tenant has topics of its own, which carry its name.",
        ),
        graph(
          "Oldest record by topic",
          "s",
          {
            "{{topic}}": `max by (topic) (ofs_ingest_oldest_open_seconds{job=~"$job", ${ROW_TOPICS}})`,
          },
          "Neither stored nor dead-lettered. It grows alone: more members for the tenant, or a slow store.",
        ),
        graph(
          "Dead letters by topic",
          "cps",
          {
            "{{topic}} {{code}}": rate("ofs_ingest_dead_letters_total", "topic, code", ROW_TOPICS),
          },
          "What could not be stored, by the code of its cause.",
        ),
      ],
    },
  ],
};
