import type { ReactNode } from "react";
import { TextLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/query-view.tsx";
import { RunForm } from "../../forms/populator/run-form.tsx";
import { usePermissions } from "../../session/use-session.ts";

/** `/populator/new`. */
export function NewPopulatorRunPage(): ReactNode {
  const { mayDecide } = usePermissions();
  return (
    <Page
      title="New run"
      description="Rows of a table go to the log at once, and from there into the store. A run of the same name is replaced."
      trail={[
        <TextLink key="runs" to="/populator">
          Populator
        </TextLink>,
      ]}
    >
      {mayDecide ? (
        <RunForm />
      ) : (
        <EmptyState title="Only approvers and administrators begin runs" />
      )}
    </Page>
  );
}
