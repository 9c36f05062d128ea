import {
  type CounterSeries,
  type HistogramSeries,
  LATENCY_BUCKETS_SECONDS,
  TallyCounter,
  TallyHistogram,
} from "@ofs/platform";
import type { GroupMetadata } from "@ofs/rows";
import type { Registry } from "prom-client";

const LABELS = ["feature_group_name", "feature_group_version"];

/** Upper bounds of sizes, in bytes. */
const SIZE_BUCKETS_BYTES = [16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];

/** What can be done with rows. */
export type RowAction = "read" | "partition_read" | "write" | "delete";

/** Metric names by action; those of the published dashboards, in Prometheus form. */
const NAMES: Readonly<Record<RowAction, { readonly prefix: string; readonly subject: string }>> = {
  read: { prefix: "ofs_feature_group_read", subject: "Keys read" },
  partition_read: { prefix: "ofs_feature_group_partition_read", subject: "Partitions read" },
  write: { prefix: "ofs_feature_group_write", subject: "Rows written" },
  delete: { prefix: "ofs_feature_group_delete", subject: "Keys of which rows were deleted" },
};

/** The series of one version of a feature group. */
export interface GroupSeries {
  readonly success: CounterSeries;
  readonly failed: CounterSeries;
  readonly rowSize: HistogramSeries;
  readonly latency: HistogramSeries;
}

interface ActionMetrics {
  readonly success: TallyCounter;
  readonly failed: TallyCounter;
  readonly rowSize: TallyHistogram;
  readonly latency: TallyHistogram;
  readonly series: WeakMap<GroupMetadata, GroupSeries>;
}

/** Counts by feature group and version: as many series as the registry has versions, whatever callers send. */
export class RowMetrics {
  readonly #actions: Readonly<Record<RowAction, ActionMetrics>>;

  constructor(registry: Registry) {
    this.#actions = {
      read: createAction("read", registry),
      partition_read: createAction("partition_read", registry),
      write: createAction("write", registry),
      delete: createAction("delete", registry),
    };
  }

  seriesOf(action: RowAction, group: GroupMetadata): GroupSeries {
    const { series, success, failed, rowSize, latency } = this.#actions[action];
    const known = series.get(group);
    if (known !== undefined) return known;
    const labels = [group.name, group.version];
    const made: GroupSeries = {
      success: success.series(...labels),
      failed: failed.series(...labels),
      rowSize: rowSize.series(...labels),
      latency: latency.series(...labels),
    };
    series.set(group, made);
    return made;
  }
}

function createAction(action: RowAction, registry: Registry): ActionMetrics {
  const { prefix, subject } = NAMES[action];
  const shared = { labelNames: LABELS, registry };
  const counter = (suffix: string, help: string): TallyCounter =>
    new TallyCounter({ name: `${prefix}_${suffix}_total`, help, ...shared });
  const histogram = (suffix: string, help: string, buckets: readonly number[]): TallyHistogram =>
    new TallyHistogram({ name: `${prefix}_${suffix}`, help, ...shared }, buckets);
  return {
    success: counter("success", `${subject}, by feature group and version.`),
    failed: counter("failed", `The same that failed, were refused or were not there.`),
    rowSize: histogram("row_size_bytes", "Stored bytes of a row.", SIZE_BUCKETS_BYTES),
    latency: histogram("latency_seconds", "Time of a whole request.", LATENCY_BUCKETS_SECONDS),
    series: new WeakMap(),
  };
}
