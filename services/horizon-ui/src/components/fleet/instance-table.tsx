import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Instance } from "../../api/fleet.ts";
import { registryText, stateVerdict } from "../../model/fleet.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { When } from "../when.tsx";
import { Known } from "./known.tsx";
import { VerdictBadge } from "./verdict-badge.tsx";

const COLUMNS: readonly Column<Instance>[] = [
  { header: "Service", render: ({ service }) => service },
  { header: "Address", render: ({ url }) => <span className="mono">{url}</span> },
  { header: "State", render: (instance) => <State instance={instance} /> },
  {
    header: "Registry",
    render: (instance) => <Known value={registryText(instance)}>{(text) => text}</Known>,
  },
  {
    header: "Started",
    render: ({ startedAtMs }) => (
      <Known value={startedAtMs}>{(atMs) => <When atMs={atMs} />}</Known>
    ),
  },
];

/** The processes of the fleet, with what is wrong with each. */
export function InstanceTable({
  instances,
}: {
  readonly instances: readonly Instance[];
}): ReactNode {
  return (
    <DataTable
      caption="Services"
      columns={COLUMNS}
      rows={instances}
      rowKey={({ url }) => url}
      minWidth={640}
    />
  );
}

function State({ instance }: { readonly instance: Instance }): ReactNode {
  const { reasons, metricsProblem } = instance;
  const problems = [
    ...reasons,
    ...(metricsProblem === null ? [] : [`no numbers: ${metricsProblem}`]),
  ];
  return (
    <>
      <VerdictBadge verdict={stateVerdict(instance)} />
      {problems.map((problem) => (
        <Text key={problem} size="xs" c="dimmed" className="long">
          {problem}
        </Text>
      ))}
    </>
  );
}
