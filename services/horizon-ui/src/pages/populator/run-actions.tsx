import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { PopulatorRun, RunAction } from "../../api/populator.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Effects } from "../../components/rows/effects.tsx";
import { actionsFor } from "../../model/populator-runs.ts";
import { useApi } from "../../session/api-context.ts";
import { POPULATOR_KEY } from "../../session/populator-queries.ts";

interface Deed {
  readonly text: string;
  /** Said when it is done. */
  readonly done: string;
  readonly isDangerous?: boolean;
  readonly effects: readonly string[];
}

const DEEDS: Readonly<Record<RunAction | "delete", Deed>> = {
  pause: {
    text: "Pause",
    done: "is paused",
    effects: ["Workers stop after the batch that they are at. Nothing that was sent is lost."],
  },
  resume: {
    text: "Resume",
    done: "goes on",
    effects: ["It goes on where it was. Files that failed are tried again."],
  },
  cancel: {
    text: "Cancel",
    done: "is cancelled",
    isDangerous: true,
    effects: [
      "Workers stop after the batch that they are at, for good: it cannot be resumed.",
      "Rows that were sent stay in the store.",
    ],
  },
  reset: {
    text: "Reset",
    done: "begins anew",
    isDangerous: true,
    effects: [
      "It forgets how far it is, its counts and its refused rows, and begins from its first version.",
      "Rows are sent again with the same times: what was written later is not overwritten.",
    ],
  },
  delete: {
    text: "Delete",
    done: "is deleted",
    isDangerous: true,
    effects: [
      "The run is forgotten, with its counts and refused rows. If it is under way it stops.",
      "Rows that were sent stay in the store.",
    ],
  },
};

/** What may be done to a run now; each asks once more. */
export function RunActions({ run }: { readonly run: PopulatorRun }): ReactNode {
  const [opened, setOpened] = useState<keyof typeof DEEDS>();
  return (
    <>
      {[...actionsFor(run), "delete" as const].map((action) => (
        <Button key={action} variant="default" onClick={() => setOpened(action)}>
          {DEEDS[action].text}…
        </Button>
      ))}
      {opened === undefined ? null : (
        <RunDialog run={run} action={opened} onClose={() => setOpened(undefined)} />
      )}
    </>
  );
}

interface RunDialogProps {
  readonly run: PopulatorRun;
  readonly action: keyof typeof DEEDS;
  readonly onClose: () => void;
}

function RunDialog({ run, action, onClose }: RunDialogProps): ReactNode {
  const { populator } = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { name } = run;
  const { text, done, isDangerous = false, effects } = DEEDS[action];
  const act = async (): Promise<void> => {
    if (action !== "delete") return populator.act(name, action);
    await populator.remove(name);
    await navigate({ to: "/populator" });
    client.removeQueries({ queryKey: [POPULATOR_KEY, "run", name] });
  };
  return (
    <ConfirmDialog
      title={`${text} the run of ${name}`}
      action={`${text} the run`}
      isDangerous={isDangerous}
      act={act}
      done={`The run of ${name} ${done}`}
      stale={[POPULATOR_KEY]}
      onClose={onClose}
    >
      <Text size="sm" className="mono long">
        {run.path}
      </Text>
      <Effects effects={effects} />
    </ConfirmDialog>
  );
}
