import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Problem } from "../api/api-error.ts";
import type { ChangePreview } from "../api/requests.ts";
import type { ChangeKind } from "../model/change-kinds.ts";
import { formField, type Payload } from "../model/payloads.ts";
import { useApi } from "../session/api-context.ts";

/** A pause of typing after which the server is asked. */
const SETTLE_MS = 400;

export interface LivePreview {
  readonly query: UseQueryResult<ChangePreview>;
  /** Whether the answer is about the payload as it is now. */
  readonly isCurrent: boolean;
}

/** Asks the server, while a form is filled in, what the change would do. */
export function usePreview(kind: ChangeKind, payload: Payload): LivePreview {
  const { requests } = useApi();
  const text = JSON.stringify(payload);
  const [settled] = useDebouncedValue(text, SETTLE_MS);
  const query = useQuery({
    queryKey: ["preview", kind, settled],
    queryFn: ({ signal }) => requests.preview(kind, JSON.parse(settled), signal),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    retry: false,
  });
  return { query, isCurrent: settled === text && !query.isPlaceholderData && !query.isFetching };
}

/** Problems at a field, or below it where one field of the form stands for several of the payload. */
export function problemsAt(
  kind: ChangeKind,
  problems: readonly Problem[],
  path: string,
): string | undefined {
  const messages = problems
    .filter(({ field }) => {
      const place = formField(kind, field);
      return place === path || place.startsWith(`${path}.`);
    })
    .map(({ message }) => message);
  return messages.length === 0 ? undefined : messages.join("; ");
}
