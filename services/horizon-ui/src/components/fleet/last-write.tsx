import type { ReactNode } from "react";
import { When } from "../when.tsx";

/** A time of the fleet's; in words where the services that run now have not seen it. */
export function LastWriteTime({ atMs }: { readonly atMs: number | null | undefined }): ReactNode {
  if (atMs === null || atMs === undefined) return "not since the services started";
  return <When atMs={atMs} />;
}
