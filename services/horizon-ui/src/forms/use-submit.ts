import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { SubmittedRequest } from "../api/requests.ts";
import type { ChangeKind } from "../model/change-kinds.ts";
import type { Payload } from "../model/payloads.ts";
import { randomKey } from "../model/random-key.ts";
import { useApi } from "../session/api-context.ts";
import { KEYS } from "../session/queries.ts";

/** Sends a request. Sending the same payload again, after an answer that was lost, makes no second request. */
export function useSubmit(
  kind: ChangeKind,
  onDone: (submitted: SubmittedRequest) => void,
): UseMutationResult<SubmittedRequest, Error, Payload> {
  const { requests } = useApi();
  const client = useQueryClient();
  const last = useRef({ text: "", key: "" });
  return useMutation({
    mutationFn: (payload: Payload) => {
      const text = JSON.stringify(payload);
      if (last.current.text !== text) last.current = { text, key: randomKey() };
      return requests.submit(kind, payload, last.current.key);
    },
    onSuccess: async (submitted) => {
      onDone(submitted);
      await client.invalidateQueries({ queryKey: [KEYS.requests] });
    },
  });
}
