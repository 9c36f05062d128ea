import type { ReactNode } from "react";
import { usePermissions } from "./use-session.ts";

/** Shows its children to those who may change things at once: approvers and administrators. */
export function ForApprovers({ children }: { readonly children: ReactNode }): ReactNode {
  return usePermissions().mayDecide ? children : null;
}
