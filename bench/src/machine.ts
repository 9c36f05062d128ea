import { cpus, totalmem } from "node:os";

/** Node's version, cores and memory: what figures of a run depend on. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `Node ${process.versions.node}, ${cpus().length} x ${cpu?.model ?? "unknown CPU"}, ${gibibytes} GiB`;
}
