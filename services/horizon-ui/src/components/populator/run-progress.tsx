import { Progress, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { PopulatorRun } from "../../api/populator.ts";
import { shareOf } from "../../model/populator-runs.ts";

/** How far a run is; in words where it has no end, or where that is not known. */
export function RunProgress({ run }: { readonly run: PopulatorRun }): ReactNode {
  const share = shareOf(run);
  if (share === undefined) {
    return (
      <Text size="xs" c="dimmed">
        {run.state === "RUNNING" ? "at work, without an end" : "waits for new versions"}
      </Text>
    );
  }
  // A run is at its end when it says so: a share that is rounded up is not.
  const percent = share === 1 ? 100 : Math.min(99, Math.floor(share * 100));
  return (
    <>
      <Text size="xs" mb={2}>
        {percent} %
      </Text>
      <Progress.Root size="md" miw={96}>
        <Progress.Section
          value={percent}
          color={run.state === "FAILED" ? "red" : "blue"}
          aria-label={`Progress of ${run.name}`}
        />
      </Progress.Root>
    </>
  );
}
