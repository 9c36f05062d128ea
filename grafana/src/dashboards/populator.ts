import { type DashboardSpec, graph, quantile, rate, stat } from "../dashboard-spec.ts";

const SENT = "populator_worker_write_success_total";
const REFUSED = "populator_worker_write_failed_total";
const RUNS = "ofs_populator_runs";
const REQUESTS = "ofs_populator_storage_request_seconds";

/** Each process tells of all runs, so one of them is enough. */
const runs = (state: string): string => `max(${RUNS}{job=~"$job", state="${state}"})`;

/** Of all instances and tables. */
const total = (metric: string): string => `sum(rate(${metric}{job=~"$job"}[$__rate_interval]))`;

export const POPULATOR: DashboardSpec = {
  uid: "ofs-populator",
  title: "OFS / Populator",
  description: "Tables into topics: runs by state, rows, what is refused, files and workers.",
  jobs: ".*populator.*|ofs.*",
  rows: [
    {
      title: "At a glance",
      panels: [
        stat("Running", "short", { runs: runs("RUNNING") }, "Runs with work in hand."),
        stat(
          "Failed",
          "short",
          { runs: runs("FAILED") },
          "`ofs populate status NAME` says why; `resume` goes on, `rm` forgets it.",
        ),
        stat("Rows", "rowsps", { rows: total(SENT) }, "Acknowledged by the log."),
        stat(
          "Refused, last hour",
          "short",
          { rows: `sum(increase(${REFUSED}{job=~"$job"}[1h]))` },
          "Rows that make no message, with a reason each.",
        ),
        stat(
          "Deletes",
          "rowsps",
          { keys: total("ofs_populator_deletes_total") },
          "Keys whose deletes the log has acknowledged.",
        ),
        stat(
          "Busy workers",
          "short",
          { workers: 'sum(ofs_populator_busy_workers{job=~"$job"})' },
          "Workers that send rows now; none while runs are running means that nobody can.",
        ),
      ],
    },
    {
      title: "Rows",
      panels: [
        graph(
          "Rows by table",
          "rowsps",
          { "{{table_name}}": rate(SENT, "table_name") },
          "Acknowledged by the log.",
        ),
        graph(
          "Refused by table",
          "rowsps",
          { "{{table_name}}": rate(REFUSED, "table_name") },
          "Nothing was sent for them; too many end the run.",
        ),
        graph(
          "Deletes and repeats by table",
          "rowsps",
          {
            "deleted {{table_name}}": rate("ofs_populator_deletes_total", "table_name"),
            "repeated {{table_name}}": rate("ofs_populator_repeats_total", "table_name"),
          },
          "Repeats: rows that may have been sent before a crash; readers see each once.",
        ),
        graph(
          "Bytes",
          "Bps",
          { sent: total("ofs_populator_sent_bytes_total") },
          "Keys and values of acknowledged messages.",
        ),
      ],
    },
    {
      title: "Where the time goes",
      panels: [
        graph(
          "Workers by what they do",
          "short",
          { "{{phase}}": rate("ofs_populator_work_seconds_total", "phase") },
          "Workers busy with each. storage, decode, log, database, limit: they wait for it; encode: they make messages. The largest is what to make faster.",
        ),
        graph(
          "Threads that decode",
          "short",
          {
            decoding: total("ofs_populator_decode_seconds_total"),
            "working ahead": `${total("ofs_populator_decode_seconds_total")} - sum(rate(ofs_populator_work_seconds_total{job=~"$job", phase="decode"}[$__rate_interval]))`,
          },
          "Busy threads; working ahead: what workers did not have to wait for. Near 0 while threads are busy, decoding is the limit.",
        ),
      ],
    },
    {
      title: "Object storage",
      panels: [
        graph(
          "Requests by kind",
          "reqps",
          {
            "{{operation}}": rate(`${REQUESTS}_count`, "operation"),
            "again {{operation}}": rate("ofs_populator_storage_repeats_total", "operation"),
          },
          "Answered, and made once more. Tables in local folders need none.",
        ),
        graph(
          "Time to the answer",
          "s",
          {
            "p50 {{operation}}": quantile(0.5, REQUESTS, "operation"),
            "p99 {{operation}}": quantile(0.99, REQUESTS, "operation"),
          },
          "Until the head of the answer is here; the file comes after it.",
        ),
        graph(
          "Bytes received",
          "Bps",
          { received: total("ofs_populator_storage_received_bytes_total") },
          "Of logs and data files. A file that several workers read is fetched once.",
        ),
        graph(
          "Failed requests",
          "cps",
          {
            "{{operation}} {{code}}":
              'sum by (operation, code) (rate(ofs_populator_storage_failures_total{job=~"$job"}[$__rate_interval]))',
          },
          "After all tries. NOT_FOUND may be harmless: tables without a checkpoint say so each time.",
        ),
      ],
    },
    {
      title: "Runs and workers",
      panels: [
        graph(
          "Runs by state",
          "short",
          { "{{state}}": `max by (state) (${RUNS}{job=~"$job"})` },
          "PENDING: nothing to do now, as for a follower that has caught up.",
        ),
        graph(
          "Files by outcome",
          "cps",
          { "{{outcome}}": rate("ofs_populator_shards_total", "outcome") },
          "Files, or parts of them. fenced: another process has taken over; failed: tried again after a pause.",
        ),
        graph(
          "Slots by tenant",
          "short",
          {
            "required {{tenant_name}}":
              'max by (tenant_name) (populator_worker_required{job=~"$job"})',
            "assigned {{tenant_name}}":
              'sum by (tenant_name) (populator_worker_assigned{job=~"$job"})',
          },
          "What tenants are registered with, and what they have while rows are sent.",
        ),
      ],
    },
  ],
};
