import type { ReactNode } from "react";
import { usePermissions } from "./use-session.ts";

/** Shows its children to those who may ask for changes, and look values up: not to viewers. */
export function ForAuthors({ children }: { readonly children: ReactNode }): ReactNode {
  return usePermissions().maySubmit ? children : null;
}
