/** As the column is. */
export const MAX_EMAIL_LENGTH = 100;
export const MAX_NAME_LENGTH = 50;

/** One `@`, no blank, and a domain; whether it exists only a message to it would tell. */
const EMAIL = /^[^\s@<>"(),:;[\]\\]+@[^\s@<>"(),:;[\]\\.]+(?:\.[^\s@<>"(),:;[\]\\.]+)*$/;

export function isEmail(text: string): boolean {
  return text.length <= MAX_EMAIL_LENGTH && EMAIL.test(text);
}

/** Emails that differ only by case are one user's. */
export function normalizeEmail(text: string): string {
  return text.trim().toLowerCase();
}

/** @returns undefined for a name that can be shown everywhere */
export function nameFault(name: string): string | undefined {
  if (name.trim() === "") return "must not be empty";
  if (name.length > MAX_NAME_LENGTH) return `must have at most ${MAX_NAME_LENGTH} characters`;
  return /[\p{Cc}\p{Cf}<>]/u.test(name)
    ? "must have no control characters and no < or >"
    : undefined;
}
