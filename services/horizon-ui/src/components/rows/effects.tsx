import { List } from "@mantine/core";
import type { ReactNode } from "react";

/** What a change would do, told before it is made. */
export function Effects({ effects }: { readonly effects: readonly string[] }): ReactNode {
  return (
    <section aria-label="What would happen" aria-live="polite">
      <List size="sm" spacing={4}>
        {effects.map((effect) => (
          <List.Item key={effect}>{effect}</List.Item>
        ))}
      </List>
    </section>
  );
}
