import type { FirstAdmin } from "./auth/first-admin.ts";

/** The lines that tell of the first administrator; its password is in them if it was made here. */
export function firstAdminText({ email, madePassword }: FirstAdmin): string {
  if (madePassword === undefined) return `administrator ${email} was made\n`;
  return `administrator ${email}, password ${madePassword} (shown this once)\n`;
}
