import { Alert, Code, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyButton } from "../components/code-block.tsx";
import { IconKey } from "../components/icons.tsx";
import { ButtonLink } from "../components/links.tsx";
import { Section } from "../components/section.tsx";
import type { ChangeKind } from "../model/change-kinds.ts";

interface MadeTokenProps {
  readonly token: string;
  readonly kind: ChangeKind;
  readonly id: number;
}

/** A token that the server made; this is the only time that it can be seen. */
export function MadeToken({ token, kind, id }: MadeTokenProps): ReactNode {
  return (
    <Section title="Copy the token now">
      <Stack>
        <Alert color="yellow" icon={<IconKey />}>
          This is the only time it is shown. It works once request {id} is approved.
        </Alert>
        <Group gap="xs">
          <Code fz="md" className="mono long" aria-label="Token">
            {token}
          </Code>
          <CopyButton text={token} />
        </Group>
        <Text size="sm" c="dimmed">
          Keep it where your service keeps its secrets.
        </Text>
        <Group>
          <ButtonLink to="/requests/$kind/$id" params={{ kind, id: String(id) }} variant="default">
            I have it: show the request
          </ButtonLink>
        </Group>
      </Stack>
    </Section>
  );
}
