import { createRequire } from "node:module";

/**
 * The prototype of a class that cassandra-driver does not publish, as it is in 4.10.
 *
 * @param file of the driver's `lib`
 * @param name of the class in it; none = the file is the class
 * @param methods that it must have
 * @throws {Error} if the driver has changed
 */
export function driverPrototype<T>(
  file: string,
  name: string | undefined,
  ...methods: readonly (keyof T & string)[]
): T {
  const exported: unknown = createRequire(import.meta.url)(`cassandra-driver/lib/${file}`);
  const found = name === undefined ? exported : (exported as Record<string, unknown>)[name];
  const { prototype } = (found ?? {}) as { prototype?: Record<string, unknown> };
  if (!methods.every((method) => typeof prototype?.[method] === "function")) {
    throw new Error(`cassandra-driver has another ${file} than 4.10`);
  }
  return prototype as T;
}
