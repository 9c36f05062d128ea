/** What differs between the images of the services. */
export interface ImageSpec {
  /** Folder in `services/`, name of the image and of its Dockerfile. */
  readonly service: string;
  readonly description: string;
  readonly ports: readonly number[];
  /** Asked by the health check, on the first port or that of `APP_PORT`. */
  readonly healthPath: string;
  /** Folder that must be writable; the rest of the file system may be read-only. */
  readonly volume?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Built folders of other packages that the service serves: from, to. */
  readonly extra?: readonly (readonly [from: string, to: string])[];
}

export const IMAGES: readonly ImageSpec[] = [
  {
    service: "api-server",
    description: "Online feature store: gRPC and HTTP reads and writes",
    ports: [8089, 8080],
    healthPath: "/health/self",
  },
  {
    service: "consumer",
    description: "Online feature store: Kafka to the stores",
    ports: [8090],
    healthPath: "/health/self",
  },
  {
    service: "horizon",
    description: "Online feature store: control plane and web UI",
    ports: [8082],
    healthPath: "/health",
    env: { HORIZON_UI_FOLDER: "/app/ui" },
    extra: [["services/horizon-ui/dist", "ui"]],
  },
  {
    service: "populator",
    description: "Online feature store: Delta tables and Parquet to Kafka",
    ports: [8091],
    healthPath: "/health/self",
    volume: "/spool",
    env: { POPULATOR_SPOOL_FOLDER: "/spool", TMPDIR: "/spool" },
  },
  {
    service: "ofs",
    description: "Online feature store: the whole fleet in one process, and its command line",
    ports: [8089, 8080, 8082, 8090, 8091],
    healthPath: "/health/self",
    volume: "/data",
    env: { HORIZON_UI_FOLDER: "/app/ui", OFS_DATA_FOLDER: "/data" },
    args: ["--host", "0.0.0.0"],
    extra: [["services/horizon-ui/dist", "ui"]],
  },
];

/** As in scripts/bootstrap.mjs. */
export const PNPM_VERSION = "12.21.0";
/** Of the runtime: unit tests run on it too. */
export const NODE_MAJOR = 24;
export const BASE_IMAGE = `docker.io/library/node:${NODE_MAJOR}-bookworm-slim`;
/** Stage that depends on the lockfile alone, so that it outlives changes of the sources. */
export const PACKAGES_STAGE = "packages";
/** Of the base image's user `node`. By number, so that Kubernetes can tell that it is not root. */
export const USER_ID = 1000;

/** The text of a Dockerfile; to be built from the root of the repository. */
export function dockerfile(spec: ImageSpec): string {
  const lines = [
    "# Written by `npm run dockerfiles` from deploy/src/dockerfiles.ts.",
    ...buildStages(spec),
    "",
    ...runtimeStage(spec),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same for all services but for the last step, so that it is done once. */
function buildStages({ service, extra = [] }: ImageSpec): string[] {
  const pnpm = `npm exec --yes --package=pnpm@${PNPM_VERSION} -- pnpm`;
  const copies = [
    ["LICENSE", "LICENSE"] as const,
    ["deploy/docker/health.mjs", "health.mjs"] as const,
    ...extra,
  ];
  return [
    `FROM ${BASE_IMAGE} AS ${PACKAGES_STAGE}`,
    "WORKDIR /src",
    "COPY pnpm-lock.yaml pnpm-workspace.yaml ./",
    `RUN ${pnpm} fetch`,
    "",
    `FROM ${PACKAGES_STAGE} AS build`,
    "COPY . .",
    "RUN node scripts/bootstrap.mjs",
    [
      `RUN ${pnpm} --filter @ofs/${service} deploy --prod --legacy --prefer-offline /out`,
      ...copies.map(([from, to]) => `cp -r ${from} /out/${to}`),
    ].join(" \\\n && "),
  ];
}

function runtimeStage(spec: ImageSpec): string[] {
  const { service, description, ports, healthPath, volume, env = {}, args = [] } = spec;
  const command = ["node", "--enable-source-maps", "dist/main.js", ...args];
  const owner = `${USER_ID}:${USER_ID}`;
  return [
    `FROM ${BASE_IMAGE}`,
    "ARG VERSION=0.0.0",
    "ARG REVISION=unknown",
    `LABEL org.opencontainers.image.title="ofs-${service}" \\`,
    `      org.opencontainers.image.description="${description}" \\`,
    '      org.opencontainers.image.version="$VERSION" \\',
    '      org.opencontainers.image.revision="$REVISION" \\',
    '      org.opencontainers.image.licenses="Apache-2.0"',
    "ENV NODE_ENV=production",
    ...Object.entries(env).map(([name, value]) => `ENV ${name}=${value}`),
    "WORKDIR /app",
    "COPY --from=build /out ./",
    ...(volume === undefined
      ? []
      : [`RUN mkdir ${volume} && chown ${owner} ${volume}`, `VOLUME ${volume}`]),
    `USER ${owner}`,
    `EXPOSE ${ports.join(" ")}`,
    "STOPSIGNAL SIGTERM",
    "HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=3 \\",
    // Node itself: the base image has no curl.
    `  CMD ["node", "health.mjs", "${ports[0]}", "${healthPath}"]`,
    `ENTRYPOINT ${JSON.stringify(command).replaceAll(",", ", ")}`,
  ];
}
