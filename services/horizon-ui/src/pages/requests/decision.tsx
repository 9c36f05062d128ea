import { Alert, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { messageOf } from "../../api/api-error.ts";
import type { ChangeRequest } from "../../api/requests.ts";
import { IconCheck, IconCross } from "../../components/icons.tsx";
import { notifySuccess } from "../../components/notify.ts";
import { Section } from "../../components/section.tsx";
import { useApi } from "../../session/api-context.ts";
import { KEYS } from "../../session/queries.ts";
import { usePermissions } from "../../session/use-session.ts";

/** As the server's column is. */
const MAX_REASON_LENGTH = 255;

interface Verdict {
  readonly status: "APPROVED" | "REJECTED";
  readonly reason: string;
}

type Decide = UseMutationResult<string, Error, Verdict>;

/** Approving and rejecting, for those who may. */
export function Decision({ request }: { readonly request: ChangeRequest }): ReactNode {
  const { mayDecide, email } = usePermissions();
  const decide = useDecide(request);
  const [isRejecting, rejecting] = useDisclosure(false);
  if (request.status !== "PENDING APPROVAL") return null;
  if (!mayDecide) {
    return <Text size="sm">An approver has to decide about this request.</Text>;
  }
  const isOwn = request.createdBy === email;
  return (
    <Section title="Decide">
      {isOwn ? (
        <Text size="sm" c="dimmed">
          This is your own request. If two people are required, somebody else has to approve it.
        </Text>
      ) : null}
      {decide.isError && !isRejecting ? (
        <Alert color="red" role="alert" title="Not done">
          {messageOf(decide.error)}
        </Alert>
      ) : null}
      <Group>
        <Button
          leftSection={<IconCheck size={16} />}
          loading={decide.isPending}
          onClick={() => decide.mutate({ status: "APPROVED", reason: "" })}
        >
          Approve and apply
        </Button>
        <Button
          variant="default"
          leftSection={<IconCross size={16} />}
          disabled={decide.isPending}
          onClick={() => {
            decide.reset();
            rejecting.open();
          }}
        >
          Reject…
        </Button>
      </Group>
      <RejectDialog isOpen={isRejecting} onClose={rejecting.close} decide={decide} />
    </Section>
  );
}

function useDecide({ kind, id }: ChangeRequest): Decide {
  const { requests } = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ status, reason }: Verdict) => requests.decide(kind, id, status, reason),
    onSuccess: (message) => notifySuccess(message),
    // Also after a failure: the request may have become another's, or FAILED.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: [KEYS.requests] }),
        client.invalidateQueries({ queryKey: [KEYS.registry] }),
      ]),
  });
}

interface RejectDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly decide: Decide;
}

function RejectDialog({ isOpen, onClose, decide }: RejectDialogProps): ReactNode {
  const [reason, setReason] = useState("");
  const reject = (): void => {
    decide.mutate({ status: "REJECTED", reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title="Reject the request">
      <Stack>
        <Textarea
          label="Reason"
          description="Its author reads this"
          data-autofocus
          autosize
          minRows={3}
          required
          maxLength={MAX_REASON_LENGTH}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {decide.isError ? (
          <Alert color="red" role="alert">
            {messageOf(decide.error)}
          </Alert>
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color="red.9"
            loading={decide.isPending}
            disabled={reason.trim() === ""}
            onClick={reject}
          >
            Reject
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
