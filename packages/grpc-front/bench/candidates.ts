import { join } from "node:path";
import { buildGo, startProcess, type TestProcess } from "@ofs/testkit";

/** A server under measurement. */
export interface Candidate {
  readonly name: string;
  readonly process: TestProcess;
  readonly port: number;
}

export const GO_FOLDER = join(import.meta.dirname, "go");
const READY = /bench server on (\d+)/;
/** Cores: the server has one for itself, the load has the other. */
const SERVER_CORE = "0";
export const LOAD_CORE = "1";

/** Starts a server on its core. @param name `front`, `grpc-js`, `http2` or `grpc-go` */
export async function startCandidate(name: string, go: string): Promise<Candidate> {
  const [program, ...args] =
    name === "grpc-go"
      ? [await buildGo(go, { folder: GO_FOLDER, package: "./server" })]
      : [
          process.execPath,
          "--conditions=@ofs/source",
          "--import",
          "tsx",
          join(import.meta.dirname, "bench-server.ts"),
          name,
        ];
  const child = await startProcess({
    command: "taskset",
    args: ["-c", SERVER_CORE, program as string, ...args],
    env: { GOMAXPROCS: "1" },
    cwd: import.meta.dirname,
    ready: { line: READY },
  });
  return { name, process: child, port: Number(child.output.match(READY)?.[1]) };
}
