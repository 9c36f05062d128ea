import type { ReactNode } from "react";
import { TextLink } from "../components/links.tsx";
import { Page } from "../components/page.tsx";
import { EmptyState } from "../components/query-view.tsx";

/** Every address that no page has. */
export function NotFoundPage(): ReactNode {
  return (
    <Page title="Not found">
      <EmptyState title="There is no such page" action={<TextLink to="/">Home</TextLink>} />
    </Page>
  );
}
