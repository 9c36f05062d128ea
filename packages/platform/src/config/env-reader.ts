import type { z } from "zod";
import { ConfigError } from "./config-error.ts";

/** Values of variables with such names are never shown. */
const SECRET_NAME = /PASSWORD|TOKEN|SECRET|CREDENTIAL|HEADERS/;

/** Longest value that a fault shows whole. */
const MAX_SHOWN_LENGTH = 80;

/**
 * Reads an environment in several steps and gathers every fault, so that an operator sees them all at once.
 *
 * A variable that is set to the empty string counts as unset.
 */
export class EnvReader {
  readonly #env: ReadonlyMap<string, string>;
  readonly #faults: string[] = [];

  constructor(env: NodeJS.ProcessEnv) {
    const set = new Map<string, string>();
    for (const [name, value] of Object.entries(env)) {
      if (value !== undefined && value !== "") set.set(name, value);
    }
    this.#env = set;
  }

  /** Names of the variables that are set. */
  names(): Iterable<string> {
    return this.#env.keys();
  }

  /**
   * Parses the variables that an object schema names; others are ignored.
   *
   * @param prefix of the variables' names, where the schema's names go without
   * @returns undefined if there were faults
   */
  read<S extends z.ZodType>(schema: S, prefix = ""): z.output<S> | undefined {
    const input: Record<string, string> = {};
    for (const [name, value] of this.#env) {
      if (name.startsWith(prefix)) input[name.slice(prefix.length)] = value;
    }
    const result = schema.safeParse(input);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      this.fault(prefix + issue.path.slice(0, 1).join(""), issue.message);
    }
    return undefined;
  }

  /** Notes a fault of one variable. The variable's value is added to the text, unless it is a secret. */
  fault(name: string, message: string): void {
    const value = this.#env.get(name);
    this.#faults.push(value === undefined ? `${name}: ${message}` : describe(name, message, value));
  }

  /**
   * Ends the reading.
   *
   * @returns `parts`, all of them read
   * @throws {ConfigError} with every fault noted so far
   */
  finish<T extends object>(parts: { readonly [K in keyof T]: T[K] | undefined }): T {
    if (this.#faults.length > 0) throw new ConfigError(this.#faults);
    return parts as T;
  }
}

/**
 * Parses the environment once, where one schema says it all. Unknown variables are ignored.
 *
 * @throws {ConfigError} with every fault
 */
export function parseEnv<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const reader = new EnvReader(env);
  const config = reader.read(schema);
  return reader.finish<{ config: z.output<S> }>({ config }).config;
}

function describe(name: string, message: string, value: string): string {
  if (SECRET_NAME.test(name)) return `${name}: ${message}`;
  const shown = value.length > MAX_SHOWN_LENGTH ? `${value.slice(0, MAX_SHOWN_LENGTH)}...` : value;
  return `${name}: ${message} (value ${JSON.stringify(shown)})`;
}
