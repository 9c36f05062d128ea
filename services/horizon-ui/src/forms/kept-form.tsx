import { Alert, Button, Group, Text } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { restoreDraft } from "../model/drafts.ts";
import { useSurroundings } from "../session/api-context.ts";
import { usePermissions } from "../session/use-session.ts";

/** A form whose values outlive failures, expired sessions and closed tabs. */
export interface KeptForm<Draft extends Record<string, unknown>> {
  readonly form: UseFormReturnType<Draft>;
  /** Whether it began with what was typed earlier. */
  readonly isRestored: boolean;
  /** Once it is sent. */
  readonly discard: () => void;
  /** Back to the initial values. */
  readonly startAnew: () => void;
}

/** @param name of what the form is about: drafts are kept apart by it, and by who is signed in */
export function useKeptForm<Draft extends Record<string, unknown>>(
  name: string,
  initial: Draft,
): KeptForm<Draft> {
  const { drafts } = useSurroundings();
  const { email } = usePermissions();
  // Several people may share a browser.
  const draftName = `${email}:${name}`;
  const [kept, setKept] = useState(() => drafts.load(draftName));
  const form = useForm<Draft>({
    initialValues: restoreDraft(initial, kept),
    onValuesChange: (values) => drafts.save(draftName, values),
  });
  return {
    form,
    isRestored: kept !== undefined,
    discard: () => drafts.discard(draftName),
    startAnew() {
      drafts.discard(draftName);
      setKept(undefined);
      form.setValues(initial);
      form.resetTouched();
    },
  };
}

/** Says that a form did not begin empty. */
export function RestoredNote({ onDiscard }: { readonly onDiscard: () => void }): ReactNode {
  return (
    <Alert color="blue" p="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm">What you typed earlier is still here.</Text>
        <Button size="compact-sm" variant="default" onClick={onDiscard}>
          Start anew
        </Button>
      </Group>
    </Alert>
  );
}
