/** Units of Grafana that are used here. */
export type Unit =
  | "short"
  | "percentunit"
  | "s"
  | "bytes"
  | "Bps"
  | "reqps"
  | "rowsps"
  | "cps"
  | "bool_yes_no";

/** One line, or one set of lines, of a panel. */
export interface QuerySpec {
  readonly expr: string;
  /** Grafana's legend: `{{label}}`. */
  readonly legend: string;
}

export interface PanelSpec {
  readonly title: string;
  /** What it shows, and what to think of it. */
  readonly description: string;
  readonly kind: "timeseries" | "stat";
  readonly unit: Unit;
  readonly queries: readonly QuerySpec[];
  /** Of 24 columns. */
  readonly width: number;
}

export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

export interface DashboardSpec {
  /** Part of its address; also the name of its file. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** What `$job` offers: a regular expression of names of Prometheus jobs. */
  readonly jobs: string;
  readonly rows: readonly RowSpec[];
}

type Lines = Readonly<Record<string, string>>;

function queriesOf(lines: Lines): QuerySpec[] {
  return Object.entries(lines).map(([legend, expr]) => ({ legend, expr }));
}

/** A third of the width. @param lines expressions by legend */
export function graph(title: string, unit: Unit, lines: Lines, description: string): PanelSpec {
  return { title, unit, description, kind: "timeseries", width: 8, queries: queriesOf(lines) };
}

/** One figure. @param lines expressions by legend */
export function stat(title: string, unit: Unit, lines: Lines, description: string): PanelSpec {
  return { title, unit, description, kind: "stat", width: 4, queries: queriesOf(lines) };
}

/** @param selector labels beside the job's, such as `status="OK"` */
export function rate(metric: string, by: string, selector = ""): string {
  const labels = ['job=~"$job"', selector].filter(Boolean).join(", ");
  return `sum by (${by}) (rate(${metric}{${labels}}[$__rate_interval]))`;
}

/** @param q 0.99 for the p99 @param by labels beside `le` */
export function quantile(q: number, histogram: string, by = "", selector = ""): string {
  const labels = ["le", by].filter(Boolean).join(", ");
  return `histogram_quantile(${q}, ${rate(`${histogram}_bucket`, labels, selector)})`;
}

/** p50, p99 and p99.9 of all instances together. */
export function quantiles(histogram: string, selector = ""): Lines {
  return {
    p50: quantile(0.5, histogram, "", selector),
    p99: quantile(0.99, histogram, "", selector),
    "p99.9": quantile(0.999, histogram, "", selector),
  };
}
