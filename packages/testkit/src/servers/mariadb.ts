import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { localAddress } from "../free-ports.ts";
import { executableEnv } from "../install/executable.ts";
import { exists } from "../install/file-lock.ts";
import type { Log } from "../install/log.ts";
import { createSystemTables, findMariadbPrograms } from "./mariadb-programs.ts";
import { SERVER_VARIABLES } from "./server-address.ts";
import { emptyFolder } from "./server-node.ts";
import {
  chooseFolder,
  choosePorts,
  type ServerSpec,
  type StartContext,
  type StartedServer,
  startNode,
} from "./server-spec.ts";

const VARIABLE = SERVER_VARIABLES.mysql;
const GREETING_TIMEOUT_MS = 1000;
/** A packet's header (3 bytes of length, 1 of number) comes before the version of the protocol. */
const PROTOCOL_OFFSET = 4;
const PROTOCOL_VERSION = 10;
/** Small, and kept by the system when the process is killed: enough for a crash of the server, not of the machine. */
const SMALL = [
  "--innodb-buffer-pool-size=64M",
  "--innodb-flush-log-at-trx-commit=2",
  "--performance-schema=off",
];
/** Tests that break connections would be shut out after a hundred of them. */
const PATIENT = ["--skip-name-resolve", "--max-connect-errors=1000000"];

async function install(log: Log): Promise<void> {
  await findMariadbPrograms(VARIABLE, log);
}

/** @param args further options of mariadbd, such as `--max-connections=5` */
export async function startMariadbNode(
  context: StartContext,
  args: readonly string[] = [],
): Promise<StartedServer> {
  const programs = await findMariadbPrograms(VARIABLE, context.log);
  const [port] = (await choosePorts(context, 1)) as [number];
  const folder = await chooseFolder(context, `mariadb-${port}`);
  // The first, or the system's own settings are read. As root it must be told that it may be root.
  const base = [
    "--no-defaults",
    `--user=${userInfo().username}`,
    `--lc-messages-dir=${programs.share}`,
  ];
  // A server that starts clears its folder for temporary files, and those of others with it if they share one.
  const data = [...base, `--datadir=${join(folder, "data")}`, `--tmpdir=${join(folder, "tmp")}`];
  await emptyFolder(join(folder, "tmp"));
  // Made last: a folder without it is none that a server can start from.
  const marker = join(folder, "complete");
  if (!(await exists(marker))) {
    await emptyFolder(join(folder, "data"));
    await createSystemTables(programs, data);
    await writeFile(marker, "");
  }
  // The socket is in the data folder: as a whole, its path may be too long for one.
  const files = ["--socket=socket", `--pid-file=${join(folder, "pid")}`];
  const network = ["--bind-address=127.0.0.1", `--port=${port}`, "--character-set-server=utf8mb4"];
  const plan = {
    title: `mariadb on port ${port}`,
    command: programs.server.path,
    args: [...data, ...files, ...network, ...SMALL, ...PATIENT, ...args],
    env: executableEnv(programs.server),
    folder,
    isReady: () => greets(port),
  };
  const node = await startNode(context, plan);
  return { address: localAddress(port), nodes: [node] };
}

/** The server speaks first: its greeting says that it takes connections, which an open port does not. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: GREETING_TIMEOUT_MS });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (packet) => finish(packet[PROTOCOL_OFFSET] === PROTOCOL_VERSION));
    socket.once("timeout", () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
  });
}

/** One MariaDB; `root` has no password. */
export const mariadbSpec: ServerSpec = {
  name: "mysql",
  install,
  start: (context) => startMariadbNode(context),
};
