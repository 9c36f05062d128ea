/** In bytes: bcrypt looks at no more, so a longer password would be weaker than it seems. */
const MAX_PASSWORD_BYTES = 72;

const MIN_PASSWORD_LENGTH = 8;
const SPECIAL_CHARACTERS = "!@#$%^&*()_+-=[]{};':\"\\|,.<>/?";
const COMMON_PASSWORDS = ["password", "123456", "qwerty", "abc123", "admin", "user"];

const RULES: readonly { readonly fault: string; isKept(password: string): boolean }[] = [
  {
    fault: `must have at least ${MIN_PASSWORD_LENGTH} characters`,
    isKept: (password) => password.length >= MIN_PASSWORD_LENGTH,
  },
  {
    fault: `must have at most ${MAX_PASSWORD_BYTES} bytes`,
    isKept: (password) => Buffer.byteLength(password) <= MAX_PASSWORD_BYTES,
  },
  { fault: "must have an upper-case letter", isKept: (password) => /\p{Lu}/u.test(password) },
  { fault: "must have a lower-case letter", isKept: (password) => /\p{Ll}/u.test(password) },
  { fault: "must have a digit", isKept: (password) => /\d/.test(password) },
  {
    fault: `must have one of ${SPECIAL_CHARACTERS}`,
    isKept: (password) => [...SPECIAL_CHARACTERS].some((one) => password.includes(one)),
  },
  { fault: "must have no blank", isKept: (password) => !/\s/.test(password) },
  {
    fault: "must not be a common password",
    isKept: (password) => !COMMON_PASSWORDS.includes(password.toLowerCase()),
  },
  // The end of a text for bcrypt: what follows would not count.
  { fault: "must have no NUL character", isKept: (password) => !password.includes("\0") },
];

/** @returns every rule that a new password breaks, in words that follow "password" */
export function passwordFaults(password: string): string[] {
  return RULES.filter((rule) => !rule.isKept(password)).map((rule) => rule.fault);
}
