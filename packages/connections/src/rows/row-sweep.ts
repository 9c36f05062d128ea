import type { Logger } from "@ofs/platform";
import { type EmbeddedEnvironment, EmbeddedRowSweeper } from "@ofs/store";
import { EmbeddedSweep } from "../embedded-sweep.ts";

/** Drops expired values of rows in a data folder, a bounded number of rows at a time. To be started, and closed. */
export function createRowSweep(environment: EmbeddedEnvironment, log: Logger): EmbeddedSweep {
  const sweeper = new EmbeddedRowSweeper(environment);
  return new EmbeddedSweep(
    {
      async sweep(nowMs, maxRows) {
        const report = await sweeper.sweep(nowMs, maxRows);
        return { ...report, droppedGroups: report.trimmedRows + report.droppedRows };
      },
    },
    log,
  );
}
