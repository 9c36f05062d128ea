import type { Logger, Tracer } from "@ofs/platform";
import type { RecordSink } from "../sink.ts";
import type { RecordSource } from "../source.ts";
import type { FormatTable } from "./format-table.ts";
import type { IngestMetrics } from "./metrics.ts";
import type { IngestSettings } from "./settings.ts";
import type { Timers } from "./timers.ts";

export interface IngestorOptions {
  /** Closed by the ingestor. */
  readonly source: RecordSource;
  /** Stays open: ingestors may share it. */
  readonly deadLetters: RecordSink;
  readonly formats: FormatTable;
  /** What is left out has its default. */
  readonly settings?: Partial<IngestSettings>;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Milliseconds of a clock that never steps. */
  readonly monotonicNow: () => number;
  /** Shared by the ingestors of a process. */
  readonly metrics: IngestMetrics;
  readonly log: Logger;
  /** undefined: nothing is traced. */
  readonly tracer?: Tracer | undefined;
  /** The process's own by default. */
  readonly timers?: Timers;
  /** At least 0, below 1: spreads repetitions. */
  readonly random?: () => number;
}
