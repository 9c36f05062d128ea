import { z } from "zod";
import { WIRE_ROLES } from "../auth/roles.ts";
import { ROLES } from "../database/ports.ts";

/** What is wrong with one field. */
export const problemSchema = z.object({
  field: z.string(),
  message: z.string(),
  reason: z.enum(["invalid", "missing", "conflict"]),
});

/** The failure of every endpoint. */
export const errorSchema = z
  .object({
    error: z.string().describe("For people"),
    code: z.string().describe("For programs, for example InvalidArgument"),
    problems: z.array(problemSchema).optional(),
  })
  .meta({ id: "Failure" });

export const messageSchema = z.object({ message: z.string() });

/** Emails and passwords are checked by the rules of users; here they are only kept within bounds. */
export const shortText = z.string().max(1_000);

export const wireRoleSchema = z.enum(WIRE_ROLES);
export const accessRoleSchema = z.enum(ROLES);

/** Failures that routes for people who are signed in share. */
export const commonFailures = { 400: errorSchema, 401: errorSchema, 403: errorSchema } as const;
