import { type DashboardSpec, graph, rate } from "../dashboard-spec.ts";

const perInstance = (metric: string) => ({ "{{job}} {{instance}}": `${metric}{job=~"$job"}` });
const ratePerInstance = (metric: string) => ({
  "{{job}} {{instance}}": rate(metric, "job, instance"),
});

export const RUNTIME: DashboardSpec = {
  uid: "ofs-runtime",
  title: "OFS / Node runtime",
  description: "Event loop, garbage collection, heap, processor and memory of every process.",
  jobs: ".*",
  rows: [
    {
      title: "Processes",
      panels: [
        graph(
          "Processor time",
          "short",
          ratePerInstance("process_cpu_seconds_total"),
          "Cores in use. One event loop cannot use more than one core for its own work.",
        ),
        graph(
          "Resident memory",
          "bytes",
          perInstance("process_resident_memory_bytes"),
          "Of the whole process, caches outside of the heap included.",
        ),
        graph("Open files", "short", perInstance("process_open_fds"), "Connections are files."),
        graph(
          "Event loop lag, p99",
          "s",
          perInstance("nodejs_eventloop_lag_p99_seconds"),
          "How late timers come: what any call waits for at the least.",
        ),
        graph(
          "Event loop lag, worst",
          "s",
          perInstance("nodejs_eventloop_lag_max_seconds"),
          "Since the scrape before.",
        ),
        graph(
          "Time in garbage collection",
          "percentunit",
          { "{{instance}} {{kind}}": rate("nodejs_gc_duration_seconds_sum", "instance, kind") },
          "Share of a core.",
        ),
        graph(
          "Heap used",
          "bytes",
          perInstance("nodejs_heap_size_used_bytes"),
          "A saw tooth is healthy; a staircase is a leak.",
        ),
        graph(
          "Outside of the heap",
          "bytes",
          perInstance("nodejs_external_memory_bytes"),
          "Buffers.",
        ),
        graph(
          "Restarts",
          "short",
          { "{{job}}": 'changes(process_start_time_seconds{job=~"$job"}[1h])' },
          "Starts in the last hour.",
        ),
      ],
    },
  ],
};
