import type { Role } from "../database/ports.ts";

/** What a role may do. */
export const PERMISSIONS = ["read", "submit", "decide", "manage-users"] as const;
export type Permission = (typeof PERMISSIONS)[number];

const GRANTED: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ["read"],
  author: ["read", "submit"],
  approver: ["read", "submit", "decide"],
  admin: ["read", "submit", "decide", "manage-users"],
};

export function permissionsOf(role: Role): readonly Permission[] {
  return GRANTED[role];
}

export function isPermitted(role: Role, permission: Permission): boolean {
  return GRANTED[role].includes(permission);
}

/** The two roles that existing clients know. */
export const WIRE_ROLES = ["user", "admin"] as const;
export type WireRole = (typeof WIRE_ROLES)[number];

/** Everybody but admins is a `user` to those who know only two roles: never more than they may do. */
export function wireRoleOf(role: Role): WireRole {
  return role === "admin" ? "admin" : "user";
}

/**
 * The role that somebody gets who is set to a role of the two.
 *
 * @param current is kept where it is a `user`'s already, so that a client that knows two roles takes nothing away
 */
export function roleOfWire(wire: WireRole, current: Role | undefined): Role {
  if (wire === "admin") return "admin";
  return current === undefined || current === "admin" ? "author" : current;
}
