import { ConfigError, FeatureStoreError } from "@ofs/platform";

/**
 * Says why a fleet did not start, where its user can mend it.
 *
 * @returns undefined for a defect, which is better shown with its stack
 */
export function startFailureText(
  error: unknown,
  address: {
    readonly host: string;
    readonly port: number;
    readonly rowPort: number | undefined;
    readonly consumerPort: number;
    readonly horizonPort: number;
    readonly populatorPort: number;
  },
): string | undefined {
  const { host } = address;
  const { code, port = address.port } = systemFault(error);
  const flag = flagOf(port, address);
  if (code === "EADDRINUSE") {
    return `port ${port} on ${host} is taken, maybe by another fleet: stop that, or choose a port with ${flag}`;
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL") {
    return `cannot listen on port ${port} of ${host}: ${(error as Error).message}`;
  }
  if (error instanceof ConfigError || error instanceof FeatureStoreError) return error.message;
  return undefined;
}

function flagOf(
  port: number,
  address: {
    readonly port: number;
    readonly rowPort: number | undefined;
    readonly horizonPort: number;
    readonly populatorPort: number;
  },
): string {
  if (port === address.port) return "--port";
  if (port === address.rowPort) return "--row-port";
  if (port === address.populatorPort) return "--populator-port";
  return port === address.horizonPort ? "--horizon-port" : "--consumer-port";
}

/** What the system says in an error, or in what caused it. */
function systemFault(error: unknown): { readonly code?: string; readonly port?: number } {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code, syscall, port } = current as NodeJS.ErrnoException & { readonly port?: number };
    if (code !== undefined && syscall !== undefined) {
      return port === undefined ? { code } : { code, port };
    }
  }
  return {};
}
