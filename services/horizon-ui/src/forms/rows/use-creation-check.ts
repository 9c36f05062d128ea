import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Problem } from "../../api/api-error.ts";
import type { CreationCheck } from "../../api/rows.ts";
import { type Body, formFieldOf } from "../../model/row-drafts.ts";
import { useApi } from "../../session/api-context.ts";

/** A pause of typing after which the server is asked. */
const SETTLE_MS = 400;

/** What is made: a version is a feature group's, beside those that there are. */
export type CreationKind = "entity" | "group" | "version";

export interface LiveCheck {
  readonly query: UseQueryResult<CreationCheck>;
  /** Whether the answer is about the body as it is now. */
  readonly isCurrent: boolean;
}

/** Asks the server, while a form is filled in, what would be made. */
export function useCreationCheck(kind: CreationKind, body: Body): LiveCheck {
  const { rows } = useApi();
  const text = JSON.stringify(body);
  const [settled] = useDebouncedValue(text, SETTLE_MS);
  const query = useQuery({
    queryKey: ["row-check", kind, settled],
    queryFn: ({ signal }) => {
      const checked = JSON.parse(settled) as Body;
      if (kind === "entity") return rows.checkEntity(checked, signal);
      return rows.checkGroup(checked, kind === "version", signal);
    },
    placeholderData: keepPreviousData,
    staleTime: 2_000,
    retry: false,
  });
  return { query, isCurrent: settled === text && !query.isPlaceholderData && !query.isFetching };
}

/** What the server says of one field of the form, or of what is below it. */
export function problemAt(problems: readonly Problem[], path: string): string | undefined {
  const messages = problems
    .filter(({ field }) => formFieldOf(field) === path)
    .map(({ message }) => message);
  return messages.length === 0 ? undefined : messages.join("; ");
}
