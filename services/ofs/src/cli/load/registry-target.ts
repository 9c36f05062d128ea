import { readFileSync } from "node:fs";
import {
  EtcdRegistrySource,
  type EtcdTls,
  type RegistryChange,
  type RegistryTree,
  TXN_OPERATIONS_MAX,
} from "@ofs/registry";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { DataFolder } from "../../fleet/data-folder.ts";
import { UsageError } from "../failures.ts";
import type { TargetFlags } from "./target-options.ts";

/** A registry that can be changed. */
export interface RegistryTarget {
  /** For messages. */
  readonly name: string;
  load(): Promise<RegistryTree>;
  /** @returns the revision at which the changes are visible */
  write(changes: readonly RegistryChange[]): Promise<number>;
  close(): Promise<void>;
}

const LOAD_TIMEOUT_MS = 30_000;

/**
 * @param readOnly for looking only: nothing is created
 * @throws {UsageError} for files that cannot be read; {FeatureStoreError} for folders that cannot be used
 */
export async function openTarget(
  flags: TargetFlags,
  readOnly: boolean,
  env: NodeJS.ProcessEnv,
): Promise<RegistryTarget> {
  if (flags.etcd !== undefined) return openEtcd(flags.etcd, flags.appName, env);
  if (readOnly && !DataFolder.exists(flags.dataFolder)) return emptyTarget(flags.dataFolder);
  return openDataFolder(flags.dataFolder, readOnly);
}

/** A data folder that is yet to be made. */
function emptyTarget(path: string): RegistryTarget {
  return {
    name: `new data folder ${path}`,
    load: async () => ({ entries: new Map(), revision: 0 }),
    write: () => Promise.reject(new Error("opened for looking only")),
    close: async () => undefined,
  };
}

function openDataFolder(path: string, readOnly: boolean): RegistryTarget {
  const folder = DataFolder.prepare(path);
  const environment = openEmbeddedEnvironment(folder.path, { readOnly });
  const source = new EmbeddedRegistrySource(environment);
  return {
    name: `data folder ${path}`,
    load: () => source.load(AbortSignal.timeout(LOAD_TIMEOUT_MS)),
    write: (changes) => source.write(changes),
    async close() {
      await source.close();
      await environment.close();
    },
  };
}

function openEtcd(endpoints: string, appName: string, env: NodeJS.ProcessEnv): RegistryTarget {
  const root = `/config/${appName}`;
  const source = openEtcdSource(endpoints, root, env);
  return {
    name: `etcd ${endpoints}, ${root}`,
    load: () => source.load(AbortSignal.timeout(LOAD_TIMEOUT_MS)),
    write: (changes) =>
      source.write(activationsLast(changes), { isChunked: changes.length > TXN_OPERATIONS_MAX }),
    close: () => source.close(),
  };
}

/**
 * A tree in etcd, not followed. Rights and certificates come from the environment.
 *
 * @throws {UsageError} for files that cannot be read
 */
export function openEtcdSource(
  endpoints: string,
  root: string,
  env: NodeJS.ProcessEnv,
): EtcdRegistrySource {
  const { ETCD_USERNAME: username, ETCD_PASSWORD: password } = env;
  return new EtcdRegistrySource({
    endpoints,
    root,
    username,
    password,
    tls: readTls(env),
    isWatchEnabled: false,
  });
}

/** Where several transactions are needed, a version is switched on only once it is there. */
function activationsLast(changes: readonly RegistryChange[]): RegistryChange[] {
  const isActivation = ({ path }: RegistryChange): boolean => path.endsWith("/active-version");
  return [...changes.filter((change) => !isActivation(change)), ...changes.filter(isActivation)];
}

function readTls(env: NodeJS.ProcessEnv): EtcdTls | undefined {
  const { ETCD_TLS_CA_FILE: caFile } = env;
  if (!caFile) return undefined;
  return {
    ca: readPem("ETCD_TLS_CA_FILE", caFile),
    cert: readOptionalPem("ETCD_TLS_CERT_FILE", env),
    key: readOptionalPem("ETCD_TLS_KEY_FILE", env),
  };
}

function readOptionalPem(name: string, env: NodeJS.ProcessEnv): Buffer | undefined {
  const file = env[name];
  return file ? readPem(name, file) : undefined;
}

function readPem(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new UsageError(`${name} ${file}: ${(cause as Error).message}`, { cause });
  }
}
