import { median } from "../quantiles.ts";
import { ProcessTree } from "./process-tree.ts";

/** What reading and producing one table cost, from the order to the last acknowledgement. */
export interface Figures {
  readonly rowsPerSecond: number;
  readonly cpuMicrosPerRow: number;
  readonly peakRssMib: number;
}

/** @param pid of a process that waits for its order; its descendants count, too */
export async function measure(
  pid: number,
  rowCount: number,
  work: () => Promise<unknown>,
): Promise<Figures> {
  const tree = new ProcessTree(pid);
  try {
    const [cpuBefore, startedAt] = [tree.cpuSeconds(), performance.now()];
    await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpuSeconds = tree.cpuSeconds() - cpuBefore;
    return {
      rowsPerSecond: rowCount / seconds,
      cpuMicrosPerRow: (cpuSeconds * 1e6) / rowCount,
      peakRssMib: tree.peakMib,
    };
  } finally {
    tree.close();
  }
}

/** Markdown: of each figure the median of its rounds by itself. */
export function renderFigures(found: ReadonlyMap<string, readonly Figures[]>): string {
  const lines = ["| | rows/s | CPU us/row | largest RSS MiB |", "| --- | ---: | ---: | ---: |"];
  for (const [name, figures] of found) {
    const middle = (of: (one: Figures) => number, digits: number): string =>
      median(figures.map(of)).toFixed(digits);
    const cells = [
      name,
      middle(({ rowsPerSecond }) => rowsPerSecond, 0),
      middle(({ cpuMicrosPerRow }) => cpuMicrosPerRow, 1),
      middle(({ peakRssMib }) => peakRssMib, 0),
    ];
    lines.push(`| ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}
