import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/query-view.tsx";
import { useHasRows } from "../../session/row-queries.ts";

/** Pages of the row dialect: only where it is served. */
export function RowsFrame(): ReactNode {
  const hasRows = useHasRows();
  if (hasRows === undefined) return null;
  if (hasRows) return <Outlet />;
  return (
    <Page title="Row dialect">
      <EmptyState title="The row dialect is not served here">
        It is switched on with ROW_ENABLED=true of the control plane.
      </EmptyState>
    </Page>
  );
}
