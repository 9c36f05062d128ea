import { z } from "zod";
import type { Http } from "./http.ts";

export const ROLES = ["viewer", "author", "approver", "admin"] as const;
export type Role = (typeof ROLES)[number];

export interface User {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly isActive: boolean;
  readonly role: Role;
  /** After too many wrong passwords, for a while. */
  readonly isLocked: boolean;
  readonly mustChangePassword: boolean;
}

const userSchema = z
  .object({
    first_name: z.string(),
    last_name: z.string(),
    email: z.string(),
    is_active: z.boolean(),
    "access-role": z.enum(ROLES),
    "is-locked": z.boolean(),
    "must-change-password": z.boolean(),
  })
  .transform(
    (user): User => ({
      firstName: user.first_name,
      lastName: user.last_name,
      email: user.email,
      isActive: user.is_active,
      role: user["access-role"],
      isLocked: user["is-locked"],
      mustChangePassword: user["must-change-password"],
    }),
  );

const passwordSchema = z.object({ password: z.string() });

export interface UsersApi {
  /** By email. */
  list(signal?: AbortSignal): Promise<User[]>;
  update(email: string, change: Pick<User, "isActive" | "role">): Promise<void>;
  /** @returns the new password; shown this once */
  resetPassword(email: string): Promise<string>;
}

export function createUsersApi(http: Http): UsersApi {
  return {
    async list(signal) {
      const { body } = await http.call("/users", z.array(userSchema), { signal });
      return body.toSorted((a, b) => a.email.localeCompare(b.email));
    },
    async update(email, { isActive, role }) {
      const body = { email, is_active: isActive, "access-role": role };
      await http.call("/update-user", z.unknown(), { method: "PUT", body });
    },
    async resetPassword(email) {
      const path = "/api/v1/horizon/reset-password";
      const options = { method: "POST", body: { email } } as const;
      return (await http.call(path, passwordSchema, options)).body.password;
    },
  };
}
