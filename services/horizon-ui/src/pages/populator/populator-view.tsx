import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "../../api/api-error.ts";
import { EmptyState, QueryView } from "../../components/query-view.tsx";

/** How the server says that no populator is configured. */
const NOT_CONFIGURED = 412;
const NOT_FOUND = 404;

interface PopulatorViewProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly what: string;
  readonly isEmpty?: (data: Data) => boolean;
  readonly empty?: ReactNode;
  /** Shown in place of a failure if there is none of the name. */
  readonly missing?: string;
  readonly children: (data: Data) => ReactNode;
}

/** What the populator tells; where there is none, how one is configured. */
export function PopulatorView<Data>(props: PopulatorViewProps<Data>): ReactNode {
  const { missing = "", ...view } = props;
  const { error } = view.query;
  const status = error instanceof ApiError ? error.status : 0;
  if (status === NOT_CONFIGURED) {
    return (
      <EmptyState title="No populator is configured">
        Name one in HORIZON_FLEET_SERVICES, and this page shows its runs.
      </EmptyState>
    );
  }
  if (status === NOT_FOUND && missing !== "") return <EmptyState title={missing} />;
  return <QueryView {...view} />;
}
