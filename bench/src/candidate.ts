import { join } from "node:path";
import { buildGo, type ProcessOptions, startProcess } from "@ofs/testkit";
import { pin, SERVER_CORE } from "./cores.ts";

/** A server under measurement. */
export interface Candidate {
  readonly name: string;
  /** `host:port` */
  readonly address: string;
  /** Undefined for a server that somebody else has started: its CPU is not known. */
  readonly pid: number | undefined;
  close(): Promise<unknown>;
}

/** The Go programs of the benchmarks. */
export const YARDSTICK_FOLDER = join(import.meta.dirname, "../yardstick");
const READY = /listening on (\d+)/;

/** A server in a process of its own that says `listening on PORT`, on the server's core. */
export async function startCandidate(name: string, options: ProcessOptions): Promise<Candidate> {
  const child = await startProcess({ ...options, ready: { line: READY } });
  await pin(child.pid, SERVER_CORE);
  return {
    name,
    address: `127.0.0.1:${child.output.match(READY)?.[1]}`,
    pid: child.pid,
    close: () => child.stop(),
  };
}

/** A bare grpc-go server. @param program its folder below `yardstick` */
export async function startYardstick(go: string, program: string): Promise<Candidate> {
  const command = await buildGo(go, { folder: YARDSTICK_FOLDER, package: `./${program}` });
  return startCandidate("grpc-go", { command, env: { GOMAXPROCS: "1" } });
}
