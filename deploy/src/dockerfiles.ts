/** What differs between the images of the services. */
export interface ImageSpec {
  /** Folder in `services/`, name of the image and of its Dockerfile. */
  readonly service: string;
  readonly description: string;
  readonly ports: readonly number[];
  /** Asked by the health check on the first port. */
  readonly healthPath: string;
  /** Folder that must be writable and outlive the container; the rest of the file system may be read-only. */
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
    healthPath: "/health/self",
    env: { HORIZON_UI_FOLDER: "/app/ui" },
    extra: [["services/horizon-ui/dist", "ui"]],
  },
  {
    service: "ofs",
    description: "Online feature store: the whole fleet in one process, and its command line",
    ports: [8089, 8090, 8082],
    healthPath: "/health/self",
    volume: "/data",
    env: { HORIZON_UI_FOLDER: "/app/ui", OFS_DATA_FOLDER: "/data" },
    args: ["--host", "0.0.0.0"],
    extra: [["services/horizon-ui/dist", "ui"]],
  },
];

const PNPM_VERSION = "12.21.0";
/** The runtime: what CI and these images agree on. */
export const BASE_IMAGE = "docker.io/library/node:24-bookworm-slim";

/** The text of a Dockerfile; to be built from the root of the repository. */
export function dockerfile(spec: ImageSpec): string {
  const { service, description, ports, healthPath, volume, env = {}, args = [], extra = [] } = spec;
  const port = `(process.env.APP_PORT || ${ports[0]})`;
  const health = `fetch('http://127.0.0.1:' + ${port} + '${healthPath}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  const command = ["node", "--enable-source-maps", "dist/main.js", ...args];
  const lines = [
    "# Written by `npm run dockerfiles` from deploy/src/dockerfiles.ts.",
    `FROM ${BASE_IMAGE} AS build`,
    "WORKDIR /src",
    "COPY . .",
    // The same for all services, so that it is done once.
    "RUN node scripts/bootstrap.mjs",
    `RUN npm exec --yes --package=pnpm@${PNPM_VERSION} -- pnpm --filter @ofs/${service} deploy --prod --legacy /out`,
    ...extra.map(([from, to]) => `RUN cp -r ${from} /out/${to}`),
    "",
    `FROM ${BASE_IMAGE}`,
    `LABEL org.opencontainers.image.title="ofs-${service}" \\`,
    `      org.opencontainers.image.description="${description}" \\`,
    '      org.opencontainers.image.licenses="Apache-2.0"',
    "ENV NODE_ENV=production",
    ...Object.entries(env).map(([name, value]) => `ENV ${name}=${value}`),
    "WORKDIR /app",
    "COPY --from=build /out ./",
    ...(volume === undefined
      ? []
      : [`RUN mkdir ${volume} && chown 1000:1000 ${volume}`, `VOLUME ${volume}`]),
    "USER 1000:1000",
    `EXPOSE ${ports.join(" ")}`,
    "HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \\",
    `  CMD ["node", "-e", ${JSON.stringify(health)}]`,
    `ENTRYPOINT ${JSON.stringify(command).replaceAll(",", ", ")}`,
  ];
  return `${lines.join("\n")}\n`;
}
