/** Connections of Cassandra and ScyllaDB under the control plane's own name, and under the data plane's. */
const OWN_SCYLLA_PREFIX = /^SCYLLA_(\d+)_/;
const SHARED_SCYLLA_PREFIX = "STORAGE_SCYLLA_";

/** Accepted, because existing deployments set them; they change nothing here. */
export const UNUSED_VARIABLES: readonly string[] = [
  "APP_ENVIRONMENT",
  "APP_GC_PERCENTAGE",
  "APP_METRIC_SAMPLING_RATE",
  "MYSQL_ACTIVE_CONFIG_IDS",
  "MYSQL_MASTER_MIN_POOL_SIZE",
  "MYSQL_SLAVE_HOST",
  "MYSQL_SLAVE_MAX_POOL_SIZE",
  "MYSQL_SLAVE_MIN_POOL_SIZE",
  "MYSQL_SLAVE_PASSWORD",
  "MYSQL_SLAVE_PORT",
  "MYSQL_SLAVE_USERNAME",
  "SKYE_SCYLLA_ACTIVE_CONFIG_IDS",
];

/** Names that begin so are meant for this process, or for its data plane. */
const OWN_PREFIX =
  /^(?:ADMIN|APP|CORS|ETCD|HORIZON|JWT|LOGIN|MYSQL|ONLINE_FEATURE_STORE|REDIS_FAILOVER|ROW|SCYLLA|TLS)_/;

/**
 * Gives connections named as the control plane's existing deployments do the names that are shared with the data
 * plane, where those are not set.
 */
export function withSharedNames(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const shared: NodeJS.ProcessEnv = { ...env };
  for (const [name, value] of Object.entries(env)) {
    if (OWN_SCYLLA_PREFIX.test(name)) shared[sharedName(name)] ||= value;
  }
  return shared;
}

/** @returns the text with the names that the environment really has in place of the shared ones */
export function withOwnNames(text: string, env: NodeJS.ProcessEnv): string {
  return text.replace(/STORAGE_SCYLLA_(\d+)_/g, (shared: string, id: string) => {
    const own = `SCYLLA_${id}_`;
    const isOwn = Object.keys(env).some((name) => name.startsWith(own));
    return isOwn ? own : shared;
  });
}

/** @returns variables that are set, by whether they are known to have no effect, or are not known at all */
export function ineffectiveVariables(
  env: NodeJS.ProcessEnv,
  known: readonly string[],
): { readonly unused: readonly string[]; readonly unknown: readonly string[] } {
  const set = Object.keys(env).filter((name) => env[name] !== undefined && env[name] !== "");
  const patterns = new Set(known);
  const isKnown = (name: string): boolean => patterns.has(name.replace(/_\d+_/, "_<n>_"));
  return {
    unused: set.filter((name) => UNUSED_VARIABLES.includes(name)).toSorted(),
    unknown: set
      .filter((name) => OWN_PREFIX.test(name) && !isKnown(name))
      .filter((name) => !UNUSED_VARIABLES.includes(name))
      .toSorted(),
  };
}

function sharedName(name: string): string {
  return name.replace(OWN_SCYLLA_PREFIX, `${SHARED_SCYLLA_PREFIX}$1_`);
}
