import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Session } from "../api/session.ts";
import type { Role } from "../api/users.ts";
import { useApi } from "./api-context.ts";

export const SESSION_KEY = ["session"] as const;

/** Whoever is signed in; null if nobody is. */
export function useSessionQuery(): UseQueryResult<Session | null> {
  const api = useApi();
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => api.session.current(signal),
    staleTime: 60_000,
  });
}

/** What the signed-in user may do. The server decides; this only hides what it would refuse. */
export interface Permissions {
  readonly email: string;
  readonly role: Role;
  readonly maySubmit: boolean;
  readonly mayDecide: boolean;
  readonly mayAdminister: boolean;
}

export function permissionsOf({ email, role }: Pick<Session, "email" | "role">): Permissions {
  return {
    email,
    role,
    maySubmit: role !== "viewer",
    mayDecide: role === "approver" || role === "admin",
    mayAdminister: role === "admin",
  };
}

/** Inside the signed-in part of the program. */
export function usePermissions(): Permissions {
  const { data } = useSessionQuery();
  return permissionsOf(data ?? { email: "", role: "viewer" });
}
