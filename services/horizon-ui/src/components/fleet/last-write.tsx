import type { ReactNode } from "react";
import { When } from "../when.tsx";

interface LastWriteTimeProps {
  readonly atMs: number | null | undefined;
  /** Whether all services that could have written have told. */
  readonly isKnown: boolean;
}

/** When something was written; in words where nobody has seen that. */
export function LastWriteTime({ atMs, isKnown }: LastWriteTimeProps): ReactNode {
  if (atMs !== null && atMs !== undefined) return <When atMs={atMs} />;
  return isKnown ? "not since the services started" : "not known: a service does not answer";
}
