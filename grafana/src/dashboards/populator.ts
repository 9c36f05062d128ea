import { type DashboardSpec, graph, rate, stat } from "../dashboard-spec.ts";

const SENT = "populator_worker_write_success_total";
const REFUSED = "populator_worker_write_failed_total";
const RUNS = "ofs_populator_runs";

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
