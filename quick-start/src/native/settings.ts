import { join, resolve } from "node:path";
import { readEnvFile, type Variables } from "../env-file.ts";
import { QUICK_START } from "../project.ts";

const HOST = "127.0.0.1";

/** What there is to know before anything is started. */
export interface Settings {
  /** All that is kept: data, logs, passwords, who runs. */
  readonly stateFolder: string;
  /** `.env`, passwords, and where things are on this machine. */
  readonly variables: Variables;
}

/**
 * @param env variables in it take the place of those in `.env`; `OFS_QUICK_START_STATE` names the state folder
 * @throws {Error} if `start.sh` has not made the state folder, or a port is none
 */
export async function loadSettings(env: NodeJS.ProcessEnv): Promise<Settings> {
  const stateFolder = resolve(env["OFS_QUICK_START_STATE"] || join(QUICK_START, ".state"));
  const declared = await readEnvFile(join(QUICK_START, ".env"));
  const own = Object.keys(declared).map((name) => [name, env[name] || declared[name]]);
  const secrets = await readEnvFile(join(stateFolder, "secrets.env"));
  const variables: Record<string, string> = { ...Object.fromEntries(own), ...secrets };
  return { stateFolder, variables: { ...variables, ...addresses(variables) } };
}

/** @throws {RangeError} if the variable's value is no port */
export function portOf(variables: Variables, name: string): number {
  const port = Number(variables[name]);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new RangeError(`${name}=${variables[name]} is not a port`);
}

/** In containers these have their defaults: the services' own names and ports. */
function addresses(variables: Variables): Variables {
  const at = (name: string): string => `${HOST}:${portOf(variables, name)}`;
  const port = (name: string): string => String(portOf(variables, name));
  return {
    AT_HOST: variables["BIND_ADDRESS"] ?? HOST,
    AT_ETCD: at("ETCD_PORT"),
    AT_SCYLLA_HOST: HOST,
    AT_SCYLLA_PORT: port("SCYLLA_PORT"),
    AT_REDIS: at("REDIS_PORT"),
    AT_KAFKA: at("KAFKA_PORT"),
    AT_MYSQL_HOST: HOST,
    AT_MYSQL_PORT: port("MYSQL_PORT"),
    // The server that stands in for MySQL has a root without one, on this machine only.
    MYSQL_ROOT_PASSWORD: "",
    AT_S3: `http://${at("S3_PORT")}`,
    AT_HORIZON: at("HORIZON_PORT"),
    AT_HORIZON_PORT: port("HORIZON_PORT"),
    AT_API_SERVER: at("API_SERVER_PORT"),
    AT_API_SERVER_PORT: port("API_SERVER_PORT"),
    AT_ROW_PORT: port("ROW_PORT"),
    AT_CONSUMER: at("CONSUMER_PORT"),
    AT_CONSUMER_PORT: port("CONSUMER_PORT"),
    AT_POPULATOR: at("POPULATOR_PORT"),
    AT_POPULATOR_PORT: port("POPULATOR_PORT"),
    AT_MODE: "native",
  };
}
