const MIN_LENGTH = 8;
const MAX_BYTES = 72;
const SPECIALS = "!@#$%^&*()_+-=[]{};':\"\\|,.<>/?";
const COMMON: ReadonlySet<string> = new Set([
  "password",
  "123456",
  "qwerty",
  "abc123",
  "admin",
  "user",
]);

export interface PasswordRule {
  readonly text: string;
  readonly isKept: (password: string) => boolean;
}

/** What the server asks of passwords, to be shown while one is typed; the server has the last word. */
export const PASSWORD_RULES: readonly PasswordRule[] = [
  { text: `at least ${MIN_LENGTH} characters`, isKept: (text) => text.length >= MIN_LENGTH },
  { text: "an upper-case letter", isKept: (text) => /\p{Lu}/u.test(text) },
  { text: "a lower-case letter", isKept: (text) => /\p{Ll}/u.test(text) },
  { text: "a digit", isKept: (text) => /\d/.test(text) },
  {
    text: "a special character such as ! or -",
    isKept: (text) => [...SPECIALS].some((special) => text.includes(special)),
  },
  {
    text: `no blank, at most ${MAX_BYTES} bytes, not a common word`,
    isKept: (text) =>
      text !== "" &&
      !/\s/.test(text) &&
      new TextEncoder().encode(text).length <= MAX_BYTES &&
      !COMMON.has(text.toLowerCase()),
  },
];

/** @returns the rules that a password breaks */
export function passwordFaults(password: string): string[] {
  return PASSWORD_RULES.filter(({ isKept }) => !isKept(password)).map(({ text }) => text);
}
