import { Alert, Group, Loader, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import type { Creation } from "../../api/rows.ts";
import { rowsKey } from "../../session/row-queries.ts";
import { When } from "../when.tsx";
import { StateBadge } from "./state-badge.tsx";

/** Something that is being made; once it is there, what depends on it is loaded again. */
export function PendingNotice({ creation }: { readonly creation: Creation }): ReactNode {
  const client = useQueryClient();
  // It is over when this is taken away.
  useEffect(() => () => void client.invalidateQueries({ queryKey: rowsKey() }), [client]);
  const { kind, name, version, owner, createdAtMs, isHeld } = creation;
  const what = kind === "entity" ? "table and its columns" : "columns";
  return (
    <Alert color="yellow" role="status" title={`${name}${version === null ? "" : ` ${version}`}`}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Loader size="xs" mt={3} aria-hidden="true" />
        <div>
          <Group gap="xs">
            <StateBadge state="PENDING" />
            <Text size="sm">
              asked for by {owner} <When atMs={createdAtMs} />
            </Text>
          </Group>
          <Text size="sm" mt={4}>
            {isHeld
              ? `The name is held, and the ${what} are being made in the clusters.`
              : `The name is held, and the ${what} could not be made yet. It is tried again by itself.`}{" "}
            It is live as soon as they are there; this page shows it.
          </Text>
        </div>
      </Group>
    </Alert>
  );
}
