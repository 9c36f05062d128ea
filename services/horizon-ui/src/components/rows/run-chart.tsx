import type { ReactNode } from "react";
import type { Run } from "../../api/rows.ts";
import { formatInstant, formatNumber } from "../../model/format.ts";

const WIDTH = 560;
const HEIGHT = 180;
const BASE = 140;
const TOP = 24;
const BAR_WIDTH_MAX = 72;
/** What a run without rows still shows. */
const BAR_HEIGHT_MIN = 3;

/** Rows by run, oldest first: failed runs are hatched, because colour alone does not tell everybody. */
export function RunChart({ runs }: { readonly runs: readonly Run[] }): ReactNode {
  const oldestFirst = runs.toReversed();
  const most = Math.max(1, ...runs.map(({ count }) => count));
  const slot = WIDTH / Math.max(oldestFirst.length, 3);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Rows by run: ${oldestFirst.map(textOf).join("; ")}`}
      className="run-chart"
    >
      <defs>
        <pattern id="failed-run" width="6" height="6" patternUnits="userSpaceOnUse">
          <path d="M0 6 6 0" stroke="var(--mantine-color-error)" strokeWidth="2" />
        </pattern>
      </defs>
      <line x1="0" x2={WIDTH} y1={BASE} y2={BASE} stroke="var(--mantine-color-default-border)" />
      {oldestFirst.map((run, index) => (
        <Bar
          key={run.runId}
          run={run}
          x={slot * index + slot / 2}
          width={Math.min(BAR_WIDTH_MAX, slot * 0.6)}
          height={Math.max(BAR_HEIGHT_MIN, ((BASE - TOP) * run.count) / most)}
        />
      ))}
    </svg>
  );
}

interface BarProps {
  readonly run: Run;
  /** Of its middle. */
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

function Bar({ run, x, width, height }: BarProps): ReactNode {
  const isFailed = run.status === "FAILED";
  const [date = "", time = ""] = formatInstant(run.atMs).split(" ");
  return (
    <g>
      <rect
        x={x - width / 2}
        y={BASE - height}
        width={width}
        height={height}
        rx="3"
        fill={isFailed ? "url(#failed-run)" : "var(--mantine-color-horizon-5)"}
        stroke={isFailed ? "var(--mantine-color-error)" : "none"}
      />
      <text x={x} y={BASE - height - 7} textAnchor="middle" fontSize="12" fill="currentColor">
        {formatNumber(run.count)}
      </text>
      <text x={x} y={BASE + 17} textAnchor="middle" fontSize="11" fill="currentColor">
        {date}
      </text>
      <text
        x={x}
        y={BASE + 32}
        textAnchor="middle"
        fontSize="11"
        fill="var(--mantine-color-dimmed)"
      >
        {time.slice(0, 5)}
        {isFailed ? " failed" : ""}
      </text>
    </g>
  );
}

function textOf({ atMs, count, status }: Run): string {
  return `${formatInstant(atMs)} ${formatNumber(count)}${status === "FAILED" ? " failed" : ""}`;
}
