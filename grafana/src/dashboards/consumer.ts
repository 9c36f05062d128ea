import { type DashboardSpec, graph, quantile, quantiles, rate, stat } from "../dashboard-spec.ts";

export const CONSUMER: DashboardSpec = {
  uid: "ofs-consumer",
  title: "OFS / Consumer",
  description: "Ingestion: lag, delay, dead letters, retries, what is paused and why.",
  jobs: ".*consumer.*|ofs.*",
  rows: [
    {
      title: "At a glance",
      panels: [
        stat(
          "Lag",
          "short",
          { records: 'sum(ofs_ingest_lag_records{job=~"$job"})' },
          "Records between what is committed and the end of the topics.",
        ),
        stat(
          "Records",
          "cps",
          { records: 'sum(rate(ofs_ingest_records_total{job=~"$job"}[$__rate_interval]))' },
          "Taken from the source.",
        ),
        stat(
          "Rows",
          "rowsps",
          { rows: 'sum(rate(ofs_ingest_rows_total{job=~"$job"}[$__rate_interval]))' },
          "Stored, or superseded by a newer one.",
        ),
        stat(
          "Delay p99",
          "s",
          { p99: quantile(0.99, "ofs_ingest_delay_seconds") },
          "From a record's time until all its good rows are stored.",
        ),
        stat(
          "Dead letters, last hour",
          "short",
          { letters: 'sum(increase(ofs_ingest_dead_letters_total{job=~"$job"}[1h]))' },
          "`ofs dlq ls` shows them, and why; `ofs dlq replay` puts them back.",
        ),
        stat(
          "Halted partitions",
          "short",
          { partitions: 'sum(ofs_ingest_halted_partitions{job=~"$job"})' },
          "Partitions that cannot go on: the store refuses what is written, or dead letters cannot be kept.",
        ),
      ],
    },
    {
      title: "Flow",
      panels: [
        graph(
          "Lag by partition",
          "short",
          {
            "{{topic}} {{partition}}":
              'sum by (topic, partition) (ofs_ingest_lag_records{job=~"$job"})',
          },
          "One line that grows alone: a hot key, or a halted partition.",
        ),
        graph(
          "Records by topic",
          "cps",
          { "{{topic}}": rate("ofs_ingest_records_total", "topic") },
          "Taken from the source.",
        ),
        graph(
          "Bytes by topic",
          "Bps",
          { "{{topic}}": rate("ofs_ingest_record_bytes_total", "topic") },
          "Keys, values and headers.",
        ),
        graph(
          "Delay",
          "s",
          quantiles("ofs_ingest_delay_seconds"),
          "From a record's time until all its good rows are stored.",
        ),
        graph(
          "Age of the oldest open record",
          "s",
          { "{{topic}}": 'max by (topic) (ofs_ingest_oldest_open_seconds{job=~"$job"})' },
          "Neither stored nor dead-lettered.",
        ),
        graph(
          "Rows",
          "rowsps",
          { "{{outcome}}": rate("ofs_ingest_rows_total", "outcome") },
          "Brought to an end.",
        ),
      ],
    },
    {
      title: "Writes",
      panels: [
        graph(
          "Time of a batch",
          "s",
          quantiles("ofs_ingest_write_seconds"),
          "One write to one store.",
        ),
        graph(
          "Rows a batch, median",
          "short",
          { "{{connection}}": quantile(0.5, "ofs_ingest_batch_rows", "connection") },
          "Batches shrink where a store is slow.",
        ),
        graph(
          "Retries",
          "rowsps",
          { "{{connection}}": rate("ofs_ingest_row_retries_total", "connection") },
          "Rows that a store did not take and that are tried again.",
        ),
        graph(
          "In hand",
          "bytes",
          { "{{instance}}": 'ofs_ingest_in_flight_bytes{job=~"$job"}' },
          "Bytes of records and rows; bounded.",
        ),
        graph(
          "Paused and waiting",
          "short",
          {
            paused: 'sum(ofs_ingest_paused_partitions{job=~"$job"})',
            "waiting for the registry": 'sum(ofs_ingest_waiting_records{job=~"$job"})',
          },
          "Partitions paused for memory; records of groups that are not registered yet.",
        ),
        graph(
          "Store failures",
          "cps",
          { "{{db_type}}": rate("ofs_persist_query_failure_total", "db_type") },
          "Writes that a store did not take.",
        ),
      ],
    },
    {
      title: "Dead letters and the group",
      panels: [
        graph(
          "Dead letters by cause",
          "cps",
          { "{{code}}": rate("ofs_ingest_dead_letters_total", "code") },
          "What could not be stored, by the code of its cause.",
        ),
        graph(
          "Dead letters not taken",
          "cps",
          {
            failures:
              'sum(rate(ofs_ingest_dead_letter_failures_total{job=~"$job"}[$__rate_interval]))',
          },
          "The dead-letter topic refuses: nothing is committed past them meanwhile.",
        ),
        graph(
          "Rebalances and commits",
          "cps",
          {
            "{{change}}": rate("ofs_ingest_rebalances_total", "change"),
            "commit {{outcome}}": rate("ofs_ingest_commits_total", "outcome"),
          },
          "Partitions that came and went; commits of offsets.",
        ),
      ],
    },
  ],
};
