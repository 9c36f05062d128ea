import { Alert, Button, Grid, Group, Loader, Stack, Text } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { messageOf } from "../api/api-error.ts";
import type { SubmittedRequest } from "../api/requests.ts";
import { ChangePreviewView } from "../components/change-preview.tsx";
import { notifySuccess } from "../components/notify.ts";
import { Section } from "../components/section.tsx";
import type { ChangeKind } from "../model/change-kinds.ts";
import { formatCount } from "../model/format.ts";
import type { Payload } from "../model/payloads.ts";
import { RestoredNote, useKeptForm } from "./kept-form.tsx";
import { MadeToken } from "./made-token.tsx";
import { type LivePreview, problemsAt, usePreview } from "./use-preview.ts";
import { useSubmit } from "./use-submit.ts";

/** Properties of one input: value, events, and what the server or the form says is wrong. */
export type FieldOf = (
  path: string,
  options?: { readonly type: "checkbox" },
) => ReturnType<UseFormReturnType<Record<string, unknown>>["getInputProps"]>;

interface RequestFormProps<Draft extends Record<string, unknown>> {
  readonly kind: ChangeKind;
  /** What the request is about, where that is known before the form is filled in: drafts are kept apart by it. */
  readonly subject?: string;
  readonly initial: Draft;
  readonly toPayload: (draft: Draft) => Payload;
  readonly children: (form: UseFormReturnType<Draft>, field: FieldOf) => ReactNode;
}

/** A request's form: fields on one side, what the change would do on the other. */
export function RequestForm<Draft extends Record<string, unknown>>(
  props: RequestFormProps<Draft>,
): ReactNode {
  const { kind, subject = "", initial, toPayload, children } = props;
  const [hasTried, setTried] = useState(false);
  const [submitted, setSubmitted] = useState<SubmittedRequest>();
  const kept = useKeptForm(`${kind}:${subject}`, initial);
  const { form, isRestored } = kept;
  const finish = useFinish(kind, (done) => {
    kept.discard();
    if (done.madeToken !== undefined) setSubmitted(done);
  });
  const payload = toPayload(form.values);
  const preview = usePreview(kind, payload);
  const submit = useSubmit(kind, finish);
  const problems = preview.query.data?.problems ?? [];

  const field: FieldOf = (path, options) => {
    const input = form.getInputProps(path, options);
    const problem = problemsAt(kind, problems, path);
    // An empty field that one has only come to is not wrong yet.
    const isFilledIn = form.isTouched(path) && form.isDirty(path);
    const isShown = hasTried || isFilledIn || isRestored;
    return { ...input, error: input.error ?? (isShown ? problem : undefined) };
  };
  const startAnew = (): void => {
    setTried(false);
    kept.startAnew();
  };
  if (submitted?.madeToken !== undefined) {
    return <MadeToken token={submitted.madeToken} kind={kind} id={submitted.id} />;
  }
  return (
    <Grid>
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <form
          noValidate
          onSubmit={form.onSubmit(() => {
            setTried(true);
            if (preview.isCurrent && problems.length > 0) return;
            submit.mutate(payload);
          })}
        >
          <Section>
            {isRestored ? <RestoredNote onDiscard={startAnew} /> : null}
            {children(form, field)}
            <SubmitBar
              problemCount={hasTried && preview.isCurrent ? problems.length : 0}
              error={submit.error}
              isPending={submit.isPending}
            />
          </Section>
        </form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <PreviewPanel preview={preview} isQuiet={!(hasTried || form.isDirty() || isRestored)} />
      </Grid.Col>
    </Grid>
  );
}

/** What to do once a request is made: show it, unless there is a token to be shown first. */
function useFinish(
  kind: ChangeKind,
  before: (submitted: SubmittedRequest) => void,
): (submitted: SubmittedRequest) => void {
  const navigate = useNavigate();
  return (submitted) => {
    before(submitted);
    notifySuccess(`Request ${submitted.id} waits for approval`);
    if (submitted.madeToken !== undefined) return;
    const params = { kind, id: String(submitted.id) };
    void navigate({ to: "/requests/$kind/$id", params });
  };
}

interface SubmitBarProps {
  readonly problemCount: number;
  readonly error: Error | null;
  readonly isPending: boolean;
}

function SubmitBar({ problemCount, error, isPending }: SubmitBarProps): ReactNode {
  return (
    <Stack gap="xs">
      {problemCount === 0 ? null : (
        <Alert color="red" role="alert" p="xs">
          {formatCount(problemCount, "problem")} to be solved before this can be sent.
        </Alert>
      )}
      {error === null ? null : (
        <Alert color="red" role="alert" title="The request was not made">
          {messageOf(error)}. Nothing of what you typed is lost.
        </Alert>
      )}
      <Group>
        <Button type="submit" loading={isPending}>
          Send for approval
        </Button>
      </Group>
    </Stack>
  );
}

interface PreviewPanelProps {
  readonly preview: LivePreview;
  /** Nothing was filled in yet: that much is missing is no news. */
  readonly isQuiet: boolean;
}

function PreviewPanel({ preview, isQuiet }: PreviewPanelProps): ReactNode {
  const { query } = preview;
  const busy = query.isFetching ? <Loader size="xs" role="status" aria-label="Checking" /> : null;
  return (
    <Section title="What this would change" actions={busy}>
      <div aria-live="polite">{previewContent(query, isQuiet)}</div>
    </Section>
  );
}

function previewContent(query: LivePreview["query"], isQuiet: boolean): ReactNode {
  if (isQuiet) {
    return (
      <Text size="sm" c="dimmed">
        Checked against the registry while you fill in the form.
      </Text>
    );
  }
  if (query.isError) {
    return (
      <Alert color="yellow" title="Cannot be checked now">
        {messageOf(query.error)}. You can send the request all the same: it is checked then.
      </Alert>
    );
  }
  return query.data === undefined ? null : <ChangePreviewView preview={query.data} />;
}
