import { Alert, Center, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { messageOf } from "../../api/api-error.ts";
import { IconHorizon } from "../../components/icons.tsx";

interface AuthFrameProps {
  readonly title: string;
  readonly description?: string;
  readonly children: ReactNode;
}

/** The pages before the menu is there. */
export function AuthFrame({ title, description, children }: AuthFrameProps): ReactNode {
  useDocumentTitle(`${title} · OFS Horizon`);
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={420} gap="md">
        <Group gap="xs" justify="center">
          <IconHorizon size={30} stroke={1.6} color="var(--mantine-color-horizon-5)" />
          <Text fw={650} size="lg">
            OFS Horizon
          </Text>
        </Group>
        <Paper withBorder p="lg">
          <Stack gap="md">
            <Stack gap={4}>
              <Title order={1} fz={20}>
                {title}
              </Title>
              {description === undefined ? null : (
                <Text size="sm" c="dimmed">
                  {description}
                </Text>
              )}
            </Stack>
            {children}
          </Stack>
        </Paper>
      </Stack>
    </Center>
  );
}

/** Why a form was not taken. */
export function FormFailure({ error }: { readonly error: unknown }): ReactNode {
  if (error === null || error === undefined) return null;
  return (
    <Alert color="red" role="alert">
      {messageOf(error)}
    </Alert>
  );
}
