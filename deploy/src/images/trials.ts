/** One start of an image. */
export interface Trial {
  readonly service: string;
  readonly what: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly writable?: readonly string[];
  /** Answered by 200 before long, beside the health check. */
  readonly paths: readonly string[];
  /** Must end with 0. */
  readonly command?: readonly string[];
}

/** On embedded stores nothing else is needed to be ready. */
const EMBEDDED = { env: { OFS_DATA_FOLDER: "/tmp/data" }, writable: ["/tmp"] };

export const TRIALS: readonly Trial[] = [
  { service: "api-server", what: "embedded", ...EMBEDDED, paths: ["/ready"] },
  {
    service: "api-server",
    what: "two workers, etcd away, nothing writable",
    env: { WORKERS: "2", ETCD_SERVER: "127.0.0.1:1" },
    paths: [],
  },
  { service: "consumer", what: "embedded", ...EMBEDDED, paths: ["/ready"] },
  // The web UI is the root.
  { service: "horizon", what: "embedded", ...EMBEDDED, paths: ["/ready", "/"] },
  {
    service: "populator",
    what: "embedded",
    env: { OFS_DATA_FOLDER: "/spool/data" },
    paths: ["/ready"],
  },
  {
    service: "ofs",
    what: "with its sample",
    env: { OFS_SAMPLE_ROWS: "500" },
    paths: ["/ready"],
    command: ["node", "dist/cli/main.js", "describe"],
  },
];
