import {
  Checkbox,
  Group,
  MultiSelect,
  PasswordInput,
  Radio,
  Stack,
  TextInput,
} from "@mantine/core";
import type { ReactNode } from "react";
import { ACCESS_NAMES, type JobDraft, jobPayload } from "../model/payloads.ts";
import { useEntities } from "../session/queries.ts";
import { type FieldOf, RequestForm } from "./request-form.tsx";

const INITIAL: JobDraft = {
  "job-type": "writer",
  "job-id": "",
  token: "",
  access: [...ACCESS_NAMES],
  entities: [],
};

/** `job`. */
export function JobForm({ type }: { readonly type?: string | undefined }): ReactNode {
  const jobType = type === "reader" ? "reader" : "writer";
  return (
    <RequestForm
      kind="job"
      subject={jobType}
      initial={{ ...INITIAL, "job-type": jobType }}
      toPayload={jobPayload}
    >
      {(form, field) => (
        <>
          <Radio.Group label="What it does" {...field("job-type")}>
            <Stack gap="xs" mt={6}>
              <Radio value="writer" label="Writer: a job that pushes features of a group" />
              <Radio value="reader" label="Reader: a service that calls the feature store" />
            </Stack>
          </Radio.Group>
          <TextInput
            label="Id"
            description="Letters, digits, _ . and -"
            required
            {...field("job-id")}
          />
          {form.values["job-type"] === "reader" ? <ScopeFields field={field} /> : null}
          <PasswordInput
            label="Token"
            description="Leave it empty: a strong one is made, and shown once"
            autoComplete="new-password"
            {...field("token")}
          />
        </>
      )}
    </RequestForm>
  );
}

/** What a client may do, and with what. */
function ScopeFields({ field }: { readonly field: FieldOf }): ReactNode {
  const entities = useEntities();
  return (
    <>
      <Checkbox.Group label="It may" {...field("access")}>
        <Group gap="lg" mt={6}>
          <Checkbox value="read" label="read features" />
          <Checkbox value="write" label="write features" />
        </Group>
      </Checkbox.Group>
      <MultiSelect
        label="Entities"
        description="None chosen: all of them, also those to come"
        data={(entities.data ?? []).map(({ label }) => label)}
        searchable
        clearable
        limit={200}
        {...field("entities")}
      />
    </>
  );
}
