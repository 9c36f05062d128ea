import { join } from "node:path";
import { type Candidate, startCandidate, startYardstick } from "../candidate.ts";

export const SERVERS = ["front", "grpc-js", "http2", "grpc-go"] as const;
export type ServerName = (typeof SERVERS)[number];

const PROGRAM = join(import.meta.dirname, "bench-server.ts");

/** Starts a server on the servers' core. @param go path of the Go compiler */
export function startServer(name: ServerName, go: string): Promise<Candidate> {
  if (name === "grpc-go") return startYardstick(go, "transport-server");
  return startCandidate(name, {
    script: PROGRAM,
    nodeOptions: ["--conditions=@ofs/source", "--import", "tsx"],
    args: [name],
    cwd: import.meta.dirname,
  });
}
