/** A variable that must be set. @throws {Error} naming it */
export function required(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`${name} is not set`);
}

/** Says one line of progress to who looks at the log. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
