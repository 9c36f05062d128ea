import { type Command, Option } from "commander";
import { DEFAULT_DATA_FOLDER } from "../../fleet/data-folder.ts";

/** Which registry: etcd's if it is named, else the data folder's. */
export interface TargetFlags {
  readonly etcd?: string;
  readonly appName: string;
  readonly dataFolder: string;
}

/** @param etcdHelp what `--etcd` is to the command */
export function addTargetOptions(command: Command, etcdHelp: string, env: NodeJS.ProcessEnv): void {
  const { APP_NAME: appName, ETCD_SERVER: etcdServer, OFS_DATA_FOLDER: dataFolder } = env;
  const etcd = new Option("--etcd <endpoints>", `${etcdHelp} (env: ETCD_SERVER)`);
  if (etcdServer) etcd.default(etcdServer);
  command
    .addOption(etcd)
    .option("--app-name <name>", "etcd root is /config/<name> (env: APP_NAME)", appName || "onfs")
    .option(
      "--data-folder <path>",
      "embedded fleet's folder (env: OFS_DATA_FOLDER)",
      dataFolder || DEFAULT_DATA_FOLDER,
    );
}
