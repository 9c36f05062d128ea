import { ConfigError, FeatureStoreError } from "@ofs/platform";

/**
 * Says why a fleet did not start, where its user can mend it.
 *
 * @returns undefined for a defect, which is better shown with its stack
 */
export function startFailureText(
  error: unknown,
  address: { readonly host: string; readonly port: number },
): string | undefined {
  const { host, port } = address;
  const code = errorCode(error);
  if (code === "EADDRINUSE") {
    return `port ${port} on ${host} is taken, maybe by another fleet: stop that, or choose a port with --port`;
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL") {
    return `cannot listen on port ${port} of ${host}: ${(error as Error).message}`;
  }
  if (error instanceof ConfigError || error instanceof FeatureStoreError) return error.message;
  return undefined;
}

/** The system's code of an error, or of what caused it. */
function errorCode(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code, syscall } = current as NodeJS.ErrnoException;
    if (code !== undefined && syscall !== undefined) return code;
  }
  return undefined;
}
