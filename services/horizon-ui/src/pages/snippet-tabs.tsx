import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";

interface SnippetTabsProps<Snippet> {
  readonly snippets: readonly Snippet[];
  readonly children: (snippet: Snippet) => ReactNode;
}

/** Code in several languages, one at a time. */
export function SnippetTabs<Snippet extends { readonly language: string }>({
  snippets,
  children,
}: SnippetTabsProps<Snippet>): ReactNode {
  return (
    <Tabs defaultValue={snippets[0]?.language ?? ""} keepMounted={false}>
      <Tabs.List>
        {snippets.map(({ language }) => (
          <Tabs.Tab key={language} value={language}>
            {language}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map((snippet) => (
        <Tabs.Panel key={snippet.language} value={snippet.language} pt="md">
          {children(snippet)}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
