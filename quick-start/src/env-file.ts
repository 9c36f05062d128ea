import { readFile } from "node:fs/promises";

export type Variables = Readonly<Record<string, string>>;

/** `NAME=value` a line; `#` begins a line that says nothing. */
export async function readEnvFile(path: string): Promise<Variables> {
  const variables: Record<string, string> = {};
  for (const [index, line] of (await readFile(path, "utf8")).split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new Error(`${path}:${index + 1}: "${line}" is not NAME=value`);
    }
    variables[name] = value;
  }
  return variables;
}

/**
 * What docker compose makes of a text: `${NAME}`, `${NAME:-default}`, and `$$` for a dollar.
 *
 * @throws {Error} naming a variable that has neither value nor default
 */
export function interpolate(text: string, variables: Variables): string {
  return text.replace(
    /\$\$|\$\{(\w+)(?::-([^}]*))?\}/g,
    (whole, name: string | undefined, other: string | undefined) => {
      if (name === undefined) return "$";
      const value = variables[name];
      if (other !== undefined) return value || other;
      if (value === undefined) throw new Error(`${whole}: variable ${name} is not set`);
      return value;
    },
  );
}
