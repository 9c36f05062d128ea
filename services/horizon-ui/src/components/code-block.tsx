import { Box, Button, Code } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import type { ReactNode } from "react";
import { IconCheck, IconCopy } from "./icons.tsx";

/** Copies a text. */
export function CopyButton({
  text,
  label = "Copy",
}: {
  readonly text: string;
  readonly label?: string;
}): ReactNode {
  const clipboard = useClipboard({ timeout: 1500 });
  const Icon = clipboard.copied ? IconCheck : IconCopy;
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<Icon size={14} />}
      onClick={() => clipboard.copy(text)}
    >
      {clipboard.error === null ? (clipboard.copied ? "Copied" : label) : "Select and copy by hand"}
    </Button>
  );
}

/** Code to read and to copy. */
export function CodeBlock({
  text,
  label,
}: {
  readonly text: string;
  readonly label: string;
}): ReactNode {
  return (
    <Box pos="relative">
      <Box pos="absolute" top={8} right={8}>
        <CopyButton text={text} />
      </Box>
      <Code block tabIndex={0} aria-label={label} pt={40}>
        {text}
      </Code>
    </Box>
  );
}
