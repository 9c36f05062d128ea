import { type EnvReader, flag, integer, list, requirePair, text } from "@ofs/platform";
import { z } from "zod";
import { passwordFaults } from "../auth/password-rules.ts";
import { isEmail } from "../auth/user-fields.ts";

/** In characters: what a shorter one signs could be forged by guessing. */
export const MIN_SECRET_LENGTH = 32;

const DAY_SECONDS = 86_400;
const SECRET_FAULT = `must have at least ${MIN_SECRET_LENGTH} characters`;

export const AUTH_VARIABLES = z.object({
  JWT_SECRET: text()
    .refine((secret) => secret.length >= MIN_SECRET_LENGTH, SECRET_FAULT)
    .optional(),
  JWT_PREVIOUS_SECRETS: list()
    .refine((all) => all.every((secret) => secret.length >= MIN_SECRET_LENGTH), SECRET_FAULT)
    .default([]),
  JWT_TTL_SECONDS: integer(60, 30 * DAY_SECONDS).default(DAY_SECONDS),
  ADMIN_EMAIL: text()
    .refine((email) => isEmail(email), "must be an email address")
    .optional(),
  ADMIN_PASSWORD: text().optional(),
  HORIZON_DEV_ADMIN: flag().default(false),
  HORIZON_RESET_ADMIN: flag().default(false),
  HORIZON_COOKIE_SECURE: flag().optional(),
  LOGIN_MAX_FAILURES: integer(1, 1_000).default(10),
  LOGIN_LOCK_SECONDS: integer(1, DAY_SECONDS).default(900),
  LOGIN_ATTEMPTS_PER_MINUTE: integer(1, 1_000_000).default(30),
});

export type AuthSettings = z.output<typeof AUTH_VARIABLES>;

/** @param isEmbedded whether a secret is made and kept in the data folder where none is given */
export function readAuthSettings(reader: EnvReader, isEmbedded: boolean): AuthSettings | undefined {
  const settings = reader.read(AUTH_VARIABLES);
  if (settings === undefined) return undefined;
  if (settings.JWT_SECRET === undefined && !isEmbedded) {
    reader.fault("JWT_SECRET", `is required: ${MIN_SECRET_LENGTH} random characters or more`);
  }
  requirePair(reader, settings, "ADMIN_EMAIL", "ADMIN_PASSWORD");
  const faults = passwordFaults(settings.ADMIN_PASSWORD ?? "");
  if (settings.ADMIN_PASSWORD !== undefined && faults.length > 0) {
    reader.fault("ADMIN_PASSWORD", faults.join("; "));
  }
  if (settings.HORIZON_DEV_ADMIN && settings.ADMIN_EMAIL !== undefined) {
    reader.fault("HORIZON_DEV_ADMIN", "makes no sense with ADMIN_EMAIL");
  }
  return settings;
}
