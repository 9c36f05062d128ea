import { EtcdRegistrySource, type RegistryAuthor, type RegistrySource } from "@ofs/registry";
import {
  type EmbeddedEnvironment,
  EmbeddedRegistrySource,
  openEmbeddedEnvironment,
} from "@ofs/store";
import type { EtcdSettings, RegistrySettings } from "./config/registry-settings.ts";
import { readEtcdTls } from "./etcd-tls.ts";

/** Where the registry is read from, and the data folder if there is one. */
export interface RegistryOrigin<S extends RegistrySource = RegistrySource> {
  readonly source: S | RegistryAuthor;
  readonly embedded: EmbeddedEnvironment | undefined;
  /** Closes what was opened here; what was brought along stays open. */
  close(): Promise<void>;
}

/**
 * Etcd's source if one is configured, else the data folder's.
 *
 * @throws {FeatureStoreError} if the data folder cannot be opened, or for options that make no sense
 */
export async function openRegistrySource<S extends RegistrySource = RegistryAuthor>(
  appName: string,
  settings: RegistrySettings,
  given: { readonly embedded?: EmbeddedEnvironment; readonly registrySource?: S },
): Promise<RegistryOrigin<S>> {
  const { dataFolder } = settings;
  const opened =
    given.embedded === undefined && dataFolder !== undefined
      ? openEmbeddedEnvironment(dataFolder)
      : undefined;
  const embedded = given.embedded ?? opened;
  try {
    const own = given.registrySource ? undefined : await createSource(appName, settings, embedded);
    const source = given.registrySource ?? own;
    if (source === undefined) throw new Error("neither etcd nor a data folder is configured");
    return {
      source,
      embedded,
      async close() {
        await own?.close();
        await opened?.close();
      },
    };
  } catch (error) {
    await opened?.close();
    throw error;
  }
}

/**
 * The same of the row dialect's registry.
 *
 * @param embedded the data folder, if there is one
 */
export async function openRowRegistrySource(
  appName: string,
  { etcd }: RegistrySettings,
  embedded: EmbeddedEnvironment | undefined,
): Promise<RegistryAuthor> {
  if (etcd !== undefined) return createEtcdSource(`/row/${appName}/registry`, etcd);
  if (embedded !== undefined) return new EmbeddedRegistrySource(embedded, "row");
  throw new Error("neither etcd nor a data folder is configured");
}

async function createSource(
  appName: string,
  { etcd }: RegistrySettings,
  embedded: EmbeddedEnvironment | undefined,
): Promise<RegistryAuthor | undefined> {
  if (etcd === undefined) return embedded && new EmbeddedRegistrySource(embedded);
  return createEtcdSource(`/config/${appName}`, etcd);
}

async function createEtcdSource(root: string, etcd: EtcdSettings): Promise<RegistryAuthor> {
  return new EtcdRegistrySource({
    endpoints: etcd.endpoints,
    root,
    username: etcd.username,
    password: etcd.password,
    tls: etcd.tls && (await readEtcdTls(etcd.tls)),
    isWatchEnabled: etcd.isWatchEnabled,
  });
}
