import { Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";
import { ConsumersTab } from "./consumers-tab.tsx";
import { PopulatorsTab } from "./populators-tab.tsx";
import { TenantsTab } from "./tenants-tab.tsx";
import { TopicsTab } from "./topics-tab.tsx";

const TABS = [
  ["tenants", "Tenants", TenantsTab],
  ["consumers", "Consumers", ConsumersTab],
  ["populators", "Populators", PopulatorsTab],
  ["topics", "Topics", TopicsTab],
] as const;

/** `/rows/tenants`. */
export function TenantsPage(): ReactNode {
  const { tab = "tenants" } = useSearch({ from: "/shell/rows/rows/tenants" });
  const navigate = useNavigate();
  return (
    <Page
      title="Tenants and topics"
      description="Where feature groups of the row dialect are stored, and how rows come to them."
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) =>
          void navigate({ to: "/rows/tenants", search: { tab: next ?? "tenants" } })
        }
      >
        <Tabs.List>
          {TABS.map(([value, text]) => (
            <Tabs.Tab key={value} value={value}>
              {text}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(([value, , Tab]) => (
          <Tabs.Panel key={value} value={value} pt="md">
            <Tab />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
