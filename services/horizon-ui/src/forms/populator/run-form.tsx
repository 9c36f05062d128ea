import { Alert, Button, Group, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { messageOf } from "../../api/api-error.ts";
import { Section } from "../../components/section.tsx";
import {
  type MappingTarget,
  NEW_RUN,
  type RunDraft,
  suggestColumns,
} from "../../model/run-drafts.ts";
import { useApi } from "../../session/api-context.ts";
import { RestoredNote, useKeptForm } from "../kept-form.tsx";
import type { FieldOf } from "../request-form.tsx";
import { FilterFields } from "./filter-fields.tsx";
import { MappingFields } from "./mapping-fields.tsx";
import { TargetFields } from "./target-fields.tsx";
import { useMappingTargets } from "./use-mapping-targets.ts";
import { runProblems, useRunStart } from "./use-run-start.ts";
import { VersionFields } from "./version-fields.tsx";
import { WholeNumber } from "./whole-number.tsx";

/** What is read, where it goes, and which columns become what. */
export function RunForm(): ReactNode {
  const kept = useKeptForm("populator-run", NEW_RUN);
  const { form } = kept;
  const start = useRunStart(kept.discard);
  const problems = runProblems(start.error);
  const targets = useMappingTargets(form.values);
  const field: FieldOf = (path, options) => {
    const input = form.getInputProps(path, options);
    return { ...input, error: input.error ?? problems[path] };
  };
  const startAnew = (): void => {
    start.reset();
    kept.startAnew();
  };
  return (
    <form noValidate onSubmit={form.onSubmit((draft) => start.mutate(draft))}>
      <Stack>
        {kept.isRestored ? <RestoredNote onDiscard={startAnew} /> : null}
        <TableSection form={form} field={field} targets={targets}>
          <MappingFields
            columns={form.values.columns}
            targets={targets}
            errorOf={(column) => problems[`columns.${column}`]}
            onChange={(columns) => form.setFieldValue("columns", columns)}
          />
          <FilterFields
            terms={form.values.filter}
            columns={form.values.columns.map(({ column }) => column)}
            field={field}
            onChange={(filter) => form.setFieldValue("filter", filter)}
          />
          <WholeNumber
            label="Refused rows that are borne"
            description="With more of them the run fails"
            placeholder="1000"
            {...field("maxRejects")}
          />
          {start.isError ? (
            <Alert color="red" role="alert" title="The run is not begun">
              {messageOf(start.error)}
            </Alert>
          ) : null}
          <Group>
            <Button type="submit" loading={start.isPending}>
              Begin the run
            </Button>
          </Group>
        </TableSection>
      </Stack>
    </form>
  );
}

interface TableSectionProps {
  readonly form: UseFormReturnType<RunDraft>;
  readonly field: FieldOf;
  readonly targets: readonly MappingTarget[] | undefined;
  readonly children: ReactNode;
}

/** The table, which may be looked at before its columns are placed. */
function TableSection({ form, field, targets, children }: TableSectionProps): ReactNode {
  const { populator } = useApi();
  const { path, format } = form.values;
  const look = useMutation({
    mutationFn: () => populator.table(path.trim()),
    onSuccess: ({ schema }) =>
      form.setFieldValue("columns", suggestColumns(schema, targets ?? [], form.values.columns)),
  });
  const isReadable = path.trim() !== "" && format === "delta" && targets !== undefined;
  return (
    <Section>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Name"
          description="Of the run, usually the table's"
          required
          {...field("name")}
        />
        <Select
          label="Format"
          description="A folder of Parquet files has one version, 0"
          data={[
            { value: "delta", label: "Delta table" },
            { value: "parquet", label: "Folder of Parquet files" },
          ]}
          allowDeselect={false}
          {...field("format")}
        />
      </SimpleGrid>
      <TextInput
        label="Path"
        description="As the populator finds it: a folder, s3:// or s3a://"
        placeholder="s3a://lake/films"
        required
        {...field("path")}
      />
      <TargetFields draft={form.values} field={field} />
      <Group>
        <Button
          variant="default"
          disabled={!isReadable}
          loading={look.isPending}
          onClick={() => look.mutate()}
        >
          Read the table
        </Button>
      </Group>
      {look.isError ? (
        <Alert color="red" role="alert" title="The table could not be read">
          {messageOf(look.error)}
        </Alert>
      ) : null}
      <VersionFields draft={form.values} field={field} latestVersion={look.data?.latestVersion} />
      {children}
    </Section>
  );
}
