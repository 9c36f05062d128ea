import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { RejectCause, RunDetail } from "../../api/populator.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Section } from "../../components/section.tsx";
import { formatNumber } from "../../model/format.ts";

const COLUMNS: readonly Column<RejectCause>[] = [
  { header: "Cause", render: ({ cause }) => <span className="long">{cause}</span> },
  { header: "Rows", align: "right", render: ({ rowCount }) => formatNumber(rowCount) },
  {
    header: "Examples",
    render: ({ samples }) => (
      <Stack gap={2} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {samples.map(({ file, row, reason }) => (
          <Text key={`${file} ${row}`} component="li" size="xs" className="long">
            {reason}{" "}
            <Text span inherit c="dimmed" className="mono">
              row {formatNumber(row)} of {file}
            </Text>
          </Text>
        ))}
      </Stack>
    ),
  },
];

/** Rows that were not sent, by why. Nothing where all were. */
export function RejectsSection({ run }: { readonly run: RunDetail }): ReactNode {
  if (run.rejects.length === 0) return null;
  return (
    <Section
      title="Refused rows"
      description={
        run.rejectsFolder === undefined
          ? "By cause, the most frequent first."
          : `By cause, the most frequent first. All of them are in ${run.rejectsFolder} of the machines that found them.`
      }
    >
      <DataTable
        caption="Refused rows"
        columns={COLUMNS}
        rows={run.rejects}
        rowKey={({ cause }) => cause}
        minWidth={720}
      />
    </Section>
  );
}
