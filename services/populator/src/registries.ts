import {
  checkRegistry,
  checkRowRegistry,
  openRegistrySource,
  openRowRegistrySource,
} from "@ofs/connections";
import type { ServiceBase } from "@ofs/platform";
import {
  openRegistry,
  openRowRegistry,
  type Registry,
  type RegistrySource,
  type RowRegistry,
} from "@ofs/registry";
import type { EmbeddedEnvironment } from "@ofs/store";
import type { PopulatorConfig } from "./config.ts";
import type { RegistryView } from "./messages/create-plan.ts";

/** What a program that runs this service inside itself brings along. All of it stays the program's. */
export interface GivenRegistries {
  /** In place of opening `OFS_DATA_FOLDER`. */
  readonly embedded?: EmbeddedEnvironment;
  /** In place of etcd or the data folder's registry. */
  readonly registrySource?: RegistrySource;
  /** The same of the row dialect. */
  readonly rowRegistrySource?: RegistrySource;
}

export interface Registries extends RegistryView {
  /** Loads what is registered, waiting for the source if need be, and follows it. */
  open(): Promise<void>;
}

/** Follows what is registered in both dialects. The row dialect's file is the block dialect's with `.rows` at its end. */
export async function openRegistries(
  config: PopulatorConfig,
  given: GivenRegistries,
  { log, health, lifecycle }: ServiceBase,
): Promise<Registries> {
  const { APP_NAME: appName, ROW_ENABLED: hasRows } = config.process;
  const { snapshotFile } = config.registry;
  const origin = await openRegistrySource(appName, config.registry, given);
  lifecycle.register("registry source", () => origin.close());
  let registry: Registry | undefined;
  let rowRegistry: RowRegistry | undefined;
  lifecycle.register("registries", async () => {
    await rowRegistry?.close();
    await registry?.close();
  });
  health.register("registry", () => checkRegistry(registry, () => true));
  if (hasRows) health.register("row registry", () => checkRowRegistry(rowRegistry));
  return {
    snapshot: () => registry?.snapshot(),
    catalog: () => rowRegistry?.catalog(),
    async open() {
      registry = await openRegistry({ source: origin.source, snapshotFile, log });
      if (hasRows) {
        const { rowRegistrySource } = given;
        const source =
          rowRegistrySource ??
          (await openRowRegistrySource(appName, config.registry, origin.embedded));
        if (rowRegistrySource === undefined) {
          lifecycle.register("row registry source", () => source.close());
        }
        const file = snapshotFile && `${snapshotFile}.rows`;
        rowRegistry = await openRowRegistry({ source, snapshotFile: file, log });
      }
      health.refresh();
    },
  };
}
