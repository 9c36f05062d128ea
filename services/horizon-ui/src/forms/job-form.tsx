import { PasswordInput, Radio, Stack, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { type JobDraft, jobPayload } from "../model/payloads.ts";
import { RequestForm } from "./request-form.tsx";

const INITIAL: JobDraft = { "job-type": "writer", "job-id": "", token: "" };

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
      {(_form, field) => (
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
