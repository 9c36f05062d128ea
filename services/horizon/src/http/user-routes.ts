import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { roleOfWire, wireRoleOf } from "../auth/roles.ts";
import type { UserAccounts } from "../auth/user-accounts.ts";
import type { User } from "../database/ports.ts";
import { sessionOfCaller } from "./access.ts";
import {
  accessRoleSchema,
  commonFailures,
  errorSchema,
  messageSchema,
  shortText,
  wireRoleSchema,
} from "./schemas.ts";

const TAGS = ["Users"];

const userSchema = z.object({
  first_name: z.string(),
  last_name: z.string(),
  email: z.string(),
  is_active: z.boolean(),
  role: wireRoleSchema,
  "access-role": accessRoleSchema,
  "is-locked": z.boolean(),
  "must-change-password": z.boolean(),
});

const updateBody = z.object({
  email: shortText,
  is_active: z.boolean(),
  role: wireRoleSchema.optional(),
  "access-role": accessRoleSchema.optional().describe("Counts before `role`"),
});

const failures = { ...commonFailures, 404: errorSchema, 412: errorSchema } as const;

export interface UserRouteDeps {
  readonly accounts: UserAccounts;
  readonly now: () => number;
}

/** Users, for administrators. */
export function userRoutes(instance: FastifyInstance, { accounts, now }: UserRouteDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    "/users",
    {
      config: { access: "manage-users" },
      schema: {
        tags: TAGS,
        summary: "All users",
        response: { 200: z.array(userSchema), ...commonFailures },
      },
    },
    async () => (await accounts.list()).map((user) => describeUser(user, now())),
  );

  app.put(
    "/update-user",
    {
      config: { access: "manage-users" },
      schema: {
        tags: TAGS,
        summary: "Sets state and role of a user; counts from their next request on",
        body: updateBody,
        response: { 200: z.object({ message: z.string(), user: userSchema }), ...failures },
      },
    },
    async (request) => {
      const { email, is_active: isActive, role, "access-role": accessRole } = request.body;
      const current = await accounts.find(email);
      const wanted = role === undefined ? current.role : roleOfWire(role, current.role);
      const change = { isActive, role: accessRole ?? wanted };
      const by = sessionOfCaller(request).user.email;
      const user = await accounts.update(email, change, by);
      return { message: "user updated", user: describeUser(user, now()) };
    },
  );

  app.post(
    "/api/v1/horizon/reset-password",
    {
      config: { access: "manage-users" },
      schema: {
        tags: TAGS,
        summary: "Gives a user a new password, which they must change first of all",
        body: z.object({ email: shortText }),
        response: { 200: messageSchema.extend({ password: z.string() }), ...failures },
      },
    },
    async (request) => {
      const by = sessionOfCaller(request).user.email;
      const password = await accounts.resetPassword(request.body.email, by);
      return { message: "password reset; it is shown this once", password };
    },
  );
}

function describeUser(user: User, nowMs: number): z.output<typeof userSchema> {
  return {
    first_name: user.firstName,
    last_name: user.lastName,
    email: user.email,
    is_active: user.isActive,
    role: wireRoleOf(user.role),
    "access-role": user.role,
    "is-locked": user.lockedUntilMs > nowMs,
    "must-change-password": user.mustChangePassword,
  };
}
