import { SimpleGrid, TagsInput, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { FieldOf } from "../request-form.tsx";

/** Who answers for it, and what it is. */
export function RegistrationFields({ field }: { readonly field: FieldOf }): ReactNode {
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Owner"
          description="Email of who answers for it"
          required
          {...field("owner")}
        />
        <TagsInput
          label="Tags"
          description="Enter ends a tag"
          // Every tag that is there can be taken away by itself.
          clearable={false}
          {...field("tags")}
        />
      </SimpleGrid>
      <Textarea label="Description" autosize minRows={2} maxRows={8} {...field("description")} />
    </>
  );
}
