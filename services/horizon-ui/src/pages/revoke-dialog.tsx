import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { messageOf } from "../api/api-error.ts";
import type { Job } from "../api/catalog.ts";
import { notifySuccess } from "../components/notify.ts";
import { useApi } from "../session/api-context.ts";
import { KEYS } from "../session/queries.ts";

/** As the server takes it. */
const REASON_LENGTH_MAX = 255;

interface RevokeDialogProps {
  readonly job: Job;
  readonly onClose: () => void;
}

/** Asks once more before all tokens of a job or client are taken from it. */
export function RevokeDialog({ job, onClose }: RevokeDialogProps): ReactNode {
  const { tokens } = useApi();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const revoke = useMutation({
    mutationFn: () => tokens.revoke(job, reason.trim()),
    onSuccess: async (message) => {
      notifySuccess(message);
      onClose();
      await client.invalidateQueries({ queryKey: [KEYS.registry] });
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Revoke the tokens of ${job.id}`}>
      <Stack>
        <Text size="sm">
          Every call with a token of this {job.type === "writer" ? "job" : "client"} is refused
          within seconds, also with one from before the last rotation. It needs a new token to call
          again. To replace a token without an outage, rotate it.
        </Text>
        <TextInput
          label="Reason"
          description="For the audit log"
          data-autofocus
          maxLength={REASON_LENGTH_MAX}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {revoke.isError ? (
          <Alert color="red" role="alert" title="Not revoked">
            {messageOf(revoke.error)}
          </Alert>
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red.9" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            Revoke now
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
