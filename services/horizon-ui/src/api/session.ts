import { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { Http } from "./http.ts";
import { ROLES, type Role } from "./users.ts";

/** Whoever is signed in. */
export interface Session {
  readonly email: string;
  readonly role: Role;
  readonly mustChangePassword: boolean;
}

export interface Registration {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly password: string;
}

const sessionSchema = z
  .object({
    email: z.string(),
    "access-role": z.enum(ROLES),
    "must-change-password": z.boolean(),
  })
  .transform(
    (body): Session => ({
      email: body.email,
      role: body["access-role"],
      mustChangePassword: body["must-change-password"],
    }),
  );

const messageSchema = z.object({ message: z.string() });
const SIGNED_OUT = 401;

export interface SessionApi {
  /** @returns null if nobody is signed in */
  current(signal?: AbortSignal): Promise<Session | null>;
  login(email: string, password: string): Promise<Session>;
  logout(): Promise<void>;
  /** @returns what the server says about it */
  register(registration: Registration): Promise<string>;
  changePassword(currentPassword: string, newPassword: string): Promise<Session>;
}

export function createSessionApi(http: Http): SessionApi {
  return {
    async current(signal) {
      try {
        return (await http.call("/api/v1/horizon/permission-by-role", sessionSchema, { signal }))
          .body;
      } catch (error) {
        if (error instanceof ApiError && error.status === SIGNED_OUT) return null;
        throw error;
      }
    },
    async login(email, password) {
      const body = { email, password };
      return (await http.call("/login", sessionSchema, { method: "POST", body })).body;
    },
    async logout() {
      await http.call("/logout", z.unknown(), { method: "POST" });
    },
    async register(body) {
      return (await http.call("/register", messageSchema, { method: "POST", body })).body.message;
    },
    async changePassword(currentPassword, newPassword) {
      const body = { "current-password": currentPassword, "new-password": newPassword };
      const path = "/api/v1/horizon/change-password";
      return (await http.call(path, sessionSchema, { method: "POST", body })).body;
    },
  };
}
