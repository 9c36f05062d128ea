import { Alert, Button, Group, Modal, Stack } from "@mantine/core";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { messageOf } from "../api/api-error.ts";
import { notifySuccess } from "./notify.ts";

interface ConfirmDialogProps {
  readonly title: string;
  /** On the button. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** Whether there is something to be done, and nothing in the way. */
  readonly isReady?: boolean;
  readonly act: () => Promise<void>;
  /** Said when it is done. */
  readonly done: string;
  /** First parts of the keys of the queries that it makes stale. */
  readonly stale: QueryKey;
  /** The failure is shown at a field inside, and not below all of them. */
  readonly onFailure?: (message: string) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Says what a change does, asks once more, makes it, and tells what came of it. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const { title, action, isDangerous = false, isReady = true, act, done, stale } = props;
  const { onFailure, onClose, children } = props;
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: act,
    onSuccess: () => {
      notifySuccess(done);
      onClose();
    },
    onError: (error) => onFailure?.(messageOf(error)),
    // Some changes take place in part.
    onSettled: () => client.invalidateQueries({ queryKey: stale }),
  });
  return (
    <Modal opened onClose={onClose} title={title} size="lg">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) change.mutate();
        }}
      >
        <Stack>
          {children}
          {change.isError && onFailure === undefined ? (
            <Alert color="red" role="alert" title="Not done">
              {messageOf(change.error)}
            </Alert>
          ) : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              disabled={!isReady}
              loading={change.isPending}
              {...(isDangerous ? { color: "red.9" } : {})}
            >
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
