import { median } from "../quantiles.ts";
import type { IngestFigures, Target } from "./consumer-run.ts";
import type { ProfileSummary, Share } from "./cpu-profile.ts";

const FILE_COUNT = 20;
/** Smaller shares are not told. */
const SHARE_MIN = 0.005;

/** Markdown: of each figure the median of its rounds by itself. */
export function renderFigures(found: ReadonlyMap<Target, readonly IngestFigures[]>): string {
  const lines = [
    "| Kafka to | rows/s | CPU us/row | cores | largest RSS MiB | rows a round |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
  ];
  for (const [target, figures] of found) {
    const middle = (of: (one: IngestFigures) => number, digits: number): string =>
      median(figures.map(of)).toFixed(digits);
    const cells = [
      target,
      middle(({ rowsPerSecond }) => rowsPerSecond, 0),
      middle(({ cpuMicrosPerRow }) => cpuMicrosPerRow, 1),
      middle(({ cpuShare }) => cpuShare, 2),
      middle(({ maxRssMib }) => maxRssMib, 0),
      middle(({ rows }) => rows, 0),
    ];
    lines.push(`| ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

/** Markdown. */
export function renderProfile(target: Target, { parts, files }: ProfileSummary): string {
  return [
    `Busy time of the main thread, Kafka to ${target}`,
    "",
    "| part | share |",
    "| --- | ---: |",
    ...linesOf(parts),
    "",
    "| file | share |",
    "| --- | ---: |",
    ...linesOf(files.slice(0, FILE_COUNT)),
  ].join("\n");
}

function linesOf(shares: readonly Share[]): string[] {
  return shares
    .filter(({ share }) => share >= SHARE_MIN)
    .map(({ name, share }) => `| ${name} | ${(share * 100).toFixed(1)} % |`);
}
