import { Alert, PasswordInput, Select, Stack, Switch } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Job } from "../api/catalog.ts";
import { IconAlertTriangle } from "../components/icons.tsx";
import { Section } from "../components/section.tsx";
import { type JobRotateDraft, jobRotatePayload } from "../model/payloads.ts";
import { useApi } from "../session/api-context.ts";
import { KEYS } from "../session/queries.ts";
import { durationHint, NumberField } from "./fields.tsx";
import { RequestForm } from "./request-form.tsx";

const TYPES = ["writer", "reader"] as const;

const DAY_SECONDS = 86_400;

/** As the server allows: 90 days. */
const OVERLAP_SECONDS_MAX = 90 * DAY_SECONDS;

interface JobRotateFormProps {
  readonly type: string;
  /** Empty while none is chosen. */
  readonly id: string;
}

/** `job-rotate`. */
export function JobRotateForm({ type, id }: JobRotateFormProps): ReactNode {
  const { catalog } = useApi();
  const navigate = useNavigate();
  const lists = useQueries({
    queries: TYPES.map((each) => ({
      queryKey: [KEYS.registry, "jobs", each],
      queryFn: ({ signal }: { signal: AbortSignal }) => catalog.jobs(each, signal),
    })),
  });
  const jobs = lists.flatMap(({ data }) => data ?? []);
  const failed = lists.find(({ isError }) => isError);
  const chosen = jobs.find((job) => job.type === type && job.id === id);
  return (
    <Stack>
      <Section>
        <Select
          label="Job or client"
          data={TYPES.map((each) => ({
            group: each === "writer" ? "Writer jobs" : "Clients",
            items: jobs
              .filter((job) => job.type === each)
              .map((job) => ({ value: `${each}/${job.id}`, label: job.id })),
          }))}
          value={chosen === undefined ? null : `${type}/${id}`}
          error={failed === undefined ? undefined : `Could not load jobs: ${failed.error?.message}`}
          searchable
          limit={200}
          allowDeselect={false}
          onChange={(value) => {
            const [nextType, ...rest] = (value ?? "").split("/");
            const search = { type: nextType, job: rest.join("/") };
            const params = { kind: "job-rotate" };
            void navigate({ to: "/requests/new/$kind", params, search, replace: true });
          }}
        />
      </Section>
      {chosen === undefined ? null : <RotateFields key={`${type}/${id}`} job={chosen} />}
    </Stack>
  );
}

function RotateFields({ job }: { readonly job: Job }): ReactNode {
  const initial: JobRotateDraft = {
    "job-type": job.type,
    "job-id": job.id,
    token: "",
    "overlap-seconds": DAY_SECONDS,
    restore: false,
  };
  return (
    <RequestForm
      kind="job-rotate"
      subject={`${job.type}/${job.id}`}
      initial={initial}
      toPayload={jobRotatePayload}
    >
      {(form, field) => (
        <>
          {job.isRevoked ? (
            <Alert color="yellow" icon={<IconAlertTriangle />} title="Its tokens were revoked">
              Nobody calls in its name now. A new token lets it call again.
            </Alert>
          ) : (
            <NumberField
              label="How long the old token works on"
              description={durationHint(
                form.values["overlap-seconds"],
                "it ends with the approval",
              )}
              max={OVERLAP_SECONDS_MAX}
              props={field("overlap-seconds")}
            />
          )}
          {job.isRevoked ? (
            <Switch label="It may call again" {...field("restore", { type: "checkbox" })} />
          ) : null}
          <PasswordInput
            label="New token"
            description="Leave it empty: a strong one is made, and shown once"
            autoComplete="new-password"
            {...field("token")}
          />
        </>
      )}
    </RequestForm>
  );
}
