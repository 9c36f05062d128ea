import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/query-view.tsx";
import { discoveryTrail, RowEntityLink, RowGroupLink } from "../../components/rows/row-links.tsx";
import { RowEntityForm } from "../../forms/rows/row-entity-form.tsx";
import { RowGroupForm } from "../../forms/rows/row-group-form.tsx";
import { RowVersionForm } from "../../forms/rows/row-version-form.tsx";
import { usePermissions } from "../../session/use-session.ts";

/** `/rows/new/entity`. */
export function NewRowEntityPage(): ReactNode {
  return (
    <Page
      title="New entity"
      description="A table of the row dialect. It is made at once, and cannot be changed afterwards: features come as feature groups."
      trail={discoveryTrail()}
    >
      <ForThoseWhoMay>
        <RowEntityForm />
      </ForThoseWhoMay>
    </Page>
  );
}

/** `/rows/new/group`. */
export function NewRowGroupPage(): ReactNode {
  const { entity = "" } = useSearch({ from: "/shell/rows/rows/new/group" });
  return (
    <Page
      title="New feature group"
      description="Its columns are added to the entity's table at once."
      trail={
        entity === ""
          ? discoveryTrail()
          : [...discoveryTrail(), <RowEntityLink key="entity" name={entity} />]
      }
    >
      <ForThoseWhoMay>
        <RowGroupForm entity={entity} />
      </ForThoseWhoMay>
    </Page>
  );
}

/** `/rows/new/version`. */
export function NewRowVersionPage(): ReactNode {
  const { group = "" } = useSearch({ from: "/shell/rows/rows/new/version" });
  return (
    <Page
      title={`New version of ${group || "a feature group"}`}
      trail={
        group === ""
          ? discoveryTrail()
          : [...discoveryTrail(), <RowGroupLink key="group" name={group} />]
      }
    >
      <ForThoseWhoMay>
        {group === "" ? (
          <EmptyState title="Choose a feature group in Discovery first" />
        ) : (
          <RowVersionForm group={group} />
        )}
      </ForThoseWhoMay>
    </Page>
  );
}

function ForThoseWhoMay({ children }: { readonly children: ReactNode }): ReactNode {
  const { mayDecide } = usePermissions();
  if (mayDecide) return children;
  return (
    <EmptyState title="Only approvers and administrators make these">
      Changes of the row dialect take place at once, without a request.
    </EmptyState>
  );
}
