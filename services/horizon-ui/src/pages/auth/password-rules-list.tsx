import { Group, Stack, Text, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import { IconCheck, IconPoint } from "../../components/icons.tsx";
import { PASSWORD_RULES } from "../../model/password-rules.ts";

/** The rules, each marked once it is kept. */
export function PasswordRules({ password }: { readonly password: string }): ReactNode {
  return (
    <Stack gap={2} aria-label="Rules for passwords" component="ul" m={0} p={0}>
      {PASSWORD_RULES.map(({ text, isKept }) => {
        const isOk = isKept(password);
        const Icon = isOk ? IconCheck : IconPoint;
        return (
          <Group key={text} component="li" gap={6} c={isOk ? "green" : "dimmed"} wrap="nowrap">
            <Icon size={14} />
            <Text size="xs">{text}</Text>
            {isOk ? <VisuallyHidden>(kept)</VisuallyHidden> : null}
          </Group>
        );
      })}
    </Stack>
  );
}
