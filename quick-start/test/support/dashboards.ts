import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../src/project.ts";

interface Panel {
  readonly title?: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly panels?: readonly Panel[];
}

export interface Query {
  readonly panel: string;
  /** As Grafana fills it in. */
  readonly expr: string;
}

/** What the panels of all dashboards ask Prometheus for. */
export async function dashboardQueries(): Promise<Query[]> {
  const folder = join(ROOT, "grafana", "dashboards");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const queries = await Promise.all(
    files.map(async (file) => {
      const dashboard: Panel = JSON.parse(await readFile(join(folder, file), "utf8"));
      return queriesOf(dashboard, file);
    }),
  );
  return queries.flat();
}

function queriesOf({ title, targets = [], panels = [] }: Panel, file: string): Query[] {
  const filled = (expr: string) => expr.replace(/\$__\w+/g, "1m").replaceAll("$job", ".*");
  const own = targets.map(({ expr }) => ({ panel: `${file}: ${title}`, expr: filled(expr) }));
  return [...own, ...panels.flatMap((panel) => queriesOf(panel, file))];
}

/** The series that a query reads: `metric{...}`, or the metric alone. */
export function selectorsOf(expr: string): string[] {
  return expr.match(/\b(?:ofs|process|nodejs|populator)_\w+(?:\{[^}]*\})?/g) ?? [];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly unknown[] };
}

/** How many series a query has. @throws {Error} with what Prometheus says to a query that is none */
export async function countSeries(prometheus: string, query: string): Promise<number> {
  const url = `${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
  const { status, error, data } = (await (await fetch(url)).json()) as Answer;
  if (status !== "success" || data === undefined) throw new Error(`${query}: ${error}`);
  return data.result.length;
}

/**
 * Queries without data although there are series for each of their selectors. Where there are none, what the query counts
 * has not happened.
 */
export async function emptyQueries(
  prometheus: string,
  queries: readonly Query[],
): Promise<Query[]> {
  const found = await Promise.all(
    queries.map(async (query) => {
      if ((await countSeries(prometheus, query.expr)) > 0) return undefined;
      const selectors = selectorsOf(query.expr);
      const counts = await Promise.all(selectors.map((each) => countSeries(prometheus, each)));
      return selectors.length > 0 && counts.every((count) => count > 0) ? query : undefined;
    }),
  );
  return found.filter((query) => query !== undefined);
}
