import { VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";

interface KnownProps<Value> {
  readonly value: Value | null | undefined;
  readonly children: (value: Value) => ReactNode;
}

/** A value, or a dash where it is not known: never a 0 in its place. */
export function Known<Value>({ value, children }: KnownProps<Value>): ReactNode {
  if (value !== null && value !== undefined) return children(value);
  return (
    <>
      <span aria-hidden="true">–</span>
      <VisuallyHidden component="span">not known</VisuallyHidden>
    </>
  );
}
