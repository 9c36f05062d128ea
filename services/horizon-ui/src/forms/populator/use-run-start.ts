import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ApiError } from "../../api/api-error.ts";
import { notifySuccess } from "../../components/notify.ts";
import {
  problemsByField,
  problemsOfMessage,
  type RunDraft,
  runBody,
} from "../../model/run-drafts.ts";
import { useApi } from "../../session/api-context.ts";
import { POPULATOR_KEY } from "../../session/populator-queries.ts";

/** Begins a run, and leads to it. */
export function useRunStart(discardDraft: () => void): UseMutationResult<void, Error, RunDraft> {
  const { populator } = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (draft: RunDraft) => populator.start(runBody(draft)),
    onSuccess: async (_, { name }) => {
      discardDraft();
      notifySuccess(`The run of ${name.trim()} is begun`);
      await client.invalidateQueries({ queryKey: [POPULATOR_KEY] });
      await navigate({ to: "/populator/runs/$run", params: { run: name.trim() } });
    },
  });
}

/** What the populator has refused, by field of the form. */
export function runProblems(error: Error | null): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  const { problems, message } = error;
  return problemsByField(problems.length > 0 ? problems : problemsOfMessage(message));
}
