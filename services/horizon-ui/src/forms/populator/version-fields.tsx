import { Select, SimpleGrid, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { RunDraft } from "../../model/run-drafts.ts";
import type { FieldOf } from "../request-form.tsx";
import { WholeNumber } from "./whole-number.tsx";

const FOLLOWS = [
  { value: "none", label: "It ends" },
  { value: "watch", label: "Watch for new versions" },
  { value: "schedule", label: "Look at times" },
];

const DELETES = [
  { value: "", label: "As the populator has it" },
  { value: "report", label: "Report: count them" },
  { value: "tombstone", label: "Tombstone: delete the keys" },
];

interface VersionFieldsProps {
  readonly draft: RunDraft;
  readonly field: FieldOf;
  /** undefined: the table was not looked at. */
  readonly latestVersion: number | undefined;
}

/** What is read of the table, and how it goes on then. */
export function VersionFields({ draft, field, latestVersion }: VersionFieldsProps): ReactNode {
  const latest = latestVersion === undefined ? "" : `The latest is ${latestVersion}`;
  const isEndless = draft.follow !== "none";
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <Select
        label="What is read"
        data={[
          { value: "snapshot", label: "All rows of a version" },
          { value: "changes", label: "What versions brought" },
        ]}
        allowDeselect={false}
        {...field("mode")}
      />
      {draft.mode === "snapshot" ? (
        <WholeNumber
          label="Version"
          description={latest}
          placeholder="the latest"
          {...field("version")}
        />
      ) : (
        <>
          <WholeNumber label="First version" {...field("startVersion")} />
          {isEndless ? null : (
            <WholeNumber label="Last version" description={latest} {...field("endVersion")} />
          )}
        </>
      )}
      <Select label="Then" data={FOLLOWS} allowDeselect={false} {...field("follow")} />
      {draft.follow === "schedule" ? (
        <TextInput
          label="Times"
          description="A cron expression, in UTC"
          placeholder="0 * * * *"
          required
          {...field("schedule")}
        />
      ) : null}
      {draft.mode === "changes" ? (
        <Select
          label="Deletes"
          description="Rows that versions took away"
          data={DELETES}
          allowDeselect={false}
          {...field("deletes")}
        />
      ) : null}
    </SimpleGrid>
  );
}
