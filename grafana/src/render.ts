import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { DashboardSpec, PanelSpec, QuerySpec } from "./dashboard-spec.ts";

const HEIGHTS = { timeseries: 8, stat: 4 };
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's way to name a variable.
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** @returns what Grafana stores as a dashboard, without an id of its own */
export function renderDashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags(["ofs"])
    .timezone("browser")
    .readonly()
    .refresh("30s")
    .time({ from: "now-1h", to: "now" })
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(
      new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
    )
    .withVariable(jobVariable(spec.jobs));
  for (const { title, panels } of spec.rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(renderPanel(panel));
  }
  return builder.build();
}

function jobVariable(jobs: string): QueryVariableBuilder {
  return new QueryVariableBuilder("job")
    .label("Job")
    .datasource(DATASOURCE)
    .query("label_values(up, job)")
    .regex(`/^(${jobs})$/`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true);
}

function renderPanel(spec: PanelSpec): Builder<Panel> {
  const builder = spec.kind === "stat" ? new StatBuilder() : new TimeseriesBuilder().min(0);
  builder
    .title(spec.title)
    .description(spec.description)
    .unit(spec.unit)
    .datasource(DATASOURCE)
    .span(spec.width)
    .height(HEIGHTS[spec.kind]);
  for (const [index, query] of spec.queries.entries()) {
    builder.withTarget(renderQuery(query, spec, index));
  }
  return builder;
}

function renderQuery({ expr, legend }: QuerySpec, { kind }: PanelSpec, index: number) {
  const query = new DataqueryBuilder()
    .refId(String.fromCharCode("A".charCodeAt(0) + index))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend);
  return kind === "stat" ? query.instant() : query.range();
}

/** The contents of a dashboard's file. */
export function dashboardText(spec: DashboardSpec): string {
  return `${JSON.stringify(renderDashboard(spec), undefined, 2)}\n`;
}
