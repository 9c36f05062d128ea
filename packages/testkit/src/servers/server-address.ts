/** Where tests find each server. A variable that the user sets is used as it is. */
export const SERVER_VARIABLES = {
  cassandra: "OFS_TEST_CASSANDRA",
  etcd: "OFS_TEST_ETCD",
  kafka: "OFS_TEST_KAFKA",
  "kafka-3": "OFS_TEST_KAFKA_3",
  mysql: "OFS_TEST_MYSQL",
  redis: "OFS_TEST_REDIS",
  "redis-cluster": "OFS_TEST_REDIS_CLUSTER",
  "redis-sentinels": "OFS_TEST_REDIS_SENTINELS",
} as const satisfies Record<string, `OFS_TEST_${string}`>;

export type ServerName = keyof typeof SERVER_VARIABLES;
type ServerSetName = "redis-cluster" | "redis-sentinels";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly text: string;
}

/**
 * Address of a server that the run provides.
 *
 * @throws {Error} when there is none, naming the variable and the command that starts it; a test
 * that needs a server fails without it
 */
export function serverAddress(
  name: Exclude<ServerName, ServerSetName>,
  env: NodeJS.ProcessEnv = process.env,
): ServerAddress {
  const [address, ...others] = serverAddresses(name, env);
  if (address === undefined || others.length > 0) {
    throw new Error(`${SERVER_VARIABLES[name]} must hold one host:port`);
  }
  return address;
}

/**
 * Addresses of a set of servers: the three sentinels (master name `mymaster`) or cluster nodes.
 *
 * @throws {Error} as `serverAddress`
 */
export function serverAddresses(
  name: ServerName,
  env: NodeJS.ProcessEnv = process.env,
): ServerAddress[] {
  const variable = SERVER_VARIABLES[name];
  const value = env[variable];
  if (value) return parseAddresses(value, variable);
  const reason = env[failureVariable(name)];
  const cause = reason ? `starting it failed: ${reason}` : "integration tests run by `npm test`";
  throw new Error(
    `no ${name} for this test: ${variable} is not set (${cause}). Run \`npm run infra:up\`, or ` +
      `set ${variable} to the address of a running server`,
  );
}

/** Carries the reason from the process that failed to start a server to the tests that need it. */
export function failureVariable(name: ServerName): string {
  return `${SERVER_VARIABLES[name]}_FAILURE`;
}

/** @throws {Error} naming `source` when a part of the list is not `host:port` */
export function parseAddresses(value: string, source = "address"): ServerAddress[] {
  return value.split(",").map((part) => {
    const text = part.trim();
    const [, host, digits] = /^\[?([^\s\]]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
    const port = Number(digits);
    if (host === undefined || !(port > 0 && port <= 65_535)) {
      throw new Error(`${source} holds "${text}", which is not host:port`);
    }
    return { host, port, text };
  });
}
