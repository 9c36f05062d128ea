import { Alert, Button, Grid, Group, Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { messageOf } from "../../api/api-error.ts";
import { notifySuccess } from "../../components/notify.ts";
import { PendingNotice } from "../../components/rows/pending-notice.tsx";
import { Section } from "../../components/section.tsx";
import { formatCount } from "../../model/format.ts";
import type { Body } from "../../model/row-drafts.ts";
import { rowsKey, useCreations } from "../../session/row-queries.ts";
import { RestoredNote, useKeptForm } from "../kept-form.tsx";
import type { FieldOf } from "../request-form.tsx";
import { CreationPanel } from "./creation-panel.tsx";
import { type CreationKind, problemAt, useCreationCheck } from "./use-creation-check.ts";

/** Between looks at the state of what is being made now. */
const STATE_INTERVAL_MS = 500;

interface CreationFormProps<Draft extends Record<string, unknown>> {
  readonly kind: CreationKind;
  /** What it is about, where that is known before: drafts are kept apart by it. */
  readonly subject?: string;
  readonly initial: Draft;
  readonly toBody: (draft: Draft) => Body;
  /** Name of what is made. */
  readonly nameOf: (draft: Draft) => string;
  /** Makes it. @returns what to say then */
  readonly create: (body: Body) => Promise<string>;
  /** Leads to it. */
  readonly onMade: (name: string) => void;
  /** Beside what would be made. */
  readonly aside?: (draft: Draft) => ReactNode;
  readonly children: (form: UseFormReturnType<Draft>, field: FieldOf) => ReactNode;
}

/** A form of something that is made at once: fields on one side, what would be made on the other. */
export function CreationForm<Draft extends Record<string, unknown>>(
  props: CreationFormProps<Draft>,
): ReactNode {
  const { kind, subject = "", initial, toBody, nameOf, aside, children } = props;
  const [hasTried, setTried] = useState(false);
  const kept = useKeptForm(`row-${kind}:${subject}`, initial);
  const { form, isRestored } = kept;
  const body = toBody(form.values);
  const name = nameOf(form.values);
  const check = useCreationCheck(kind, body);
  const problems = check.query.data?.problems ?? [];
  const creation = useCreation(props, kept.discard);
  const field: FieldOf = (path, options) => {
    const input = form.getInputProps(path, options);
    const isFilledIn = form.isTouched(path) && form.isDirty(path);
    const isShown = hasTried || isFilledIn || isRestored;
    const problem = problemAt(problems, path);
    return { ...input, error: input.error ?? (isShown ? problem : undefined) };
  };
  const startAnew = (): void => {
    setTried(false);
    kept.startAnew();
  };
  return (
    <Grid>
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <form
          noValidate
          onSubmit={form.onSubmit(() => {
            setTried(true);
            if (check.isCurrent && problems.length > 0) return;
            creation.mutate({ body, name });
          })}
        >
          <Section>
            {isRestored ? <RestoredNote onDiscard={startAnew} /> : null}
            {children(form, field)}
            <SubmitBar
              problemCount={hasTried && check.isCurrent ? problems.length : 0}
              creation={creation}
              name={name}
            />
          </Section>
        </form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Stack>
          <CreationPanel
            check={check}
            isQuiet={!(hasTried || form.isDirty() || isRestored || kind === "version")}
          />
          {aside?.(form.values)}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

interface Wish {
  readonly body: Body;
  readonly name: string;
}

function useCreation<Draft extends Record<string, unknown>>(
  { create, onMade }: Pick<CreationFormProps<Draft>, "create" | "onMade">,
  discardDraft: () => void,
): UseMutationResult<string, Error, Wish> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body }: Wish) => create(body),
    onSuccess: (said, { name }) => {
      discardDraft();
      notifySuccess(said);
      onMade(name);
    },
    // Also what failed may have been begun.
    onSettled: () => client.invalidateQueries({ queryKey: rowsKey() }),
  });
}

interface SubmitBarProps {
  readonly problemCount: number;
  readonly creation: UseMutationResult<string, Error, Wish>;
  readonly name: string;
}

function SubmitBar({ problemCount, creation, name }: SubmitBarProps): ReactNode {
  const { error, isPending, isIdle } = creation;
  return (
    <Stack gap="xs">
      {problemCount === 0 ? null : (
        <Alert color="red" role="alert" p="xs">
          {formatCount(problemCount, "problem")} to be solved before this can be made.
        </Alert>
      )}
      {error === null ? null : (
        <Alert color="red" role="alert" title="It is not live">
          {messageOf(error)}. Nothing of what you typed is lost.
        </Alert>
      )}
      {isIdle ? null : <LiveState name={name} />}
      <Group>
        <Button type="submit" loading={isPending}>
          Create
        </Button>
      </Group>
    </Stack>
  );
}

/** PENDING, as long as it is that. */
function LiveState({ name }: { readonly name: string }): ReactNode {
  const creations = useCreations({ intervalMs: STATE_INTERVAL_MS });
  const own = creations.data?.filter((each) => each.name === name) ?? [];
  return own.map((creation) => <PendingNotice key={creation.version} creation={creation} />);
}
