import { access, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder, runCommand } from "@ofs/testkit";

const BUILD_TIMEOUT_MS = 900_000;
const COMMAND_TIMEOUT_MS = 120_000;

/** What an image says of itself. */
export interface ImageConfig {
  readonly env: readonly string[];
  readonly user: string;
  readonly workingFolder: string;
  readonly entrypoint: readonly string[];
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string;
  /** Arguments of the health check, without Docker's `CMD`. */
  readonly healthCheck: readonly string[];
}

interface InspectedImage {
  readonly Docker: {
    readonly config: {
      readonly Env: readonly string[] | null;
      readonly User: string;
      readonly WorkingDir: string;
      readonly Entrypoint: readonly string[] | null;
      readonly Volumes?: Readonly<Record<string, unknown>> | null;
      readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
      readonly Labels: Readonly<Record<string, string>> | null;
      readonly StopSignal?: string;
      readonly Healthcheck?: { readonly Test: readonly string[] };
    };
  };
}

/** Images and containers of the checks alone, by buildah: in the cache folder, away from those of an engine. */
export class ImageStore {
  readonly #options: readonly string[];

  private constructor(options: readonly string[]) {
    this.#options = options;
  }

  /**
   * Opens the store in a folder, and removes the containers of a check that was cut off: no image that one of them stands on
   * can be removed. One check at a time has the store.
   *
   * @throws {Error} if buildah cannot keep images here
   */
  static async open(folder = join(cacheFolder(), "images")): Promise<ImageStore> {
    await mkdir(folder, { recursive: true });
    const store = await ImageStore.#choose(folder);
    await store.run(["rm", "--all"]);
    return store;
  }

  static async #choose(folder: string): Promise<ImageStore> {
    const at = (driver: string) => [
      ...["--root", join(folder, driver), "--runroot", join(folder, `${driver}-run`)],
      ...["--storage-driver", driver],
    ];
    try {
      const store = new ImageStore(at("overlay"));
      await store.run(["images"]);
      return store;
    } catch {
      // Not on every file system; this one copies instead.
      const store = new ImageStore(at("vfs"));
      await store.run(["images"]);
      return store;
    }
  }

  /** @returns stdout of buildah */
  async run(args: readonly string[], timeoutMs = COMMAND_TIMEOUT_MS): Promise<string> {
    return (await runCommand("buildah", [...this.#options, ...args], { timeoutMs })).trim();
  }

  async has(image: string): Promise<boolean> {
    return (await this.run(["images", "--quiet", "--filter", `reference=${image}`])) !== "";
  }

  /** Builds a Dockerfile, or one of its stages, from the folder `context`. */
  async build(image: string, dockerfile: string, context: string, stage?: string): Promise<void> {
    const volumes = await packageSettings();
    await this.run(
      [
        ...["bud", "--format", "docker", "--layers", "--isolation", "chroot", "--pull-never"],
        ...volumes.flatMap((volume) => ["--volume", volume]),
        ...(stage === undefined ? [] : ["--target", stage]),
        ...["--tag", image, "--file", dockerfile, context],
      ],
      BUILD_TIMEOUT_MS,
    );
  }

  async inspect(image: string): Promise<ImageConfig> {
    const text = await this.run(["inspect", "--type", "image", image]);
    const { config } = (JSON.parse(text) as InspectedImage).Docker;
    return {
      env: config.Env ?? [],
      user: config.User,
      workingFolder: config.WorkingDir,
      entrypoint: config.Entrypoint ?? [],
      volumes: Object.keys(config.Volumes ?? {}),
      ports: Object.keys(config.ExposedPorts ?? {}),
      labels: config.Labels ?? {},
      stopSignal: config.StopSignal ?? "",
      healthCheck: config.Healthcheck?.Test.slice(1) ?? [],
    };
  }

  /** Calls `use` with the folder that an image's file system is in, which goes afterwards. */
  async withFileSystem<T>(image: string, use: (root: string) => Promise<T>): Promise<T> {
    const container = await this.run(["from", "--pull-never", image]);
    try {
      return await use(await this.run(["mount", container]));
    } finally {
      await this.run(["rm", container]);
    }
  }

  /** Removes images, and every layer that no other image needs. */
  async remove(images: readonly string[]): Promise<void> {
    for (const image of images) {
      if (await this.has(image)) await this.run(["rmi", "--force", image]);
    }
    await this.run(["rmi", "--prune"]);
  }
}

/** This machine's settings and caches of npm and pnpm, for build steps: what is here need not be fetched again. */
async function packageSettings(): Promise<string[]> {
  const volumes: string[] = [];
  for (const [path, options] of [
    [".npmrc", "ro"],
    [".cache/pnpm", "rw"],
    [".local/share/pnpm", "rw"],
  ]) {
    const source = join(homedir(), `${path}`);
    const isThere = await access(source).then(
      () => true,
      () => false,
    );
    if (isThere) volumes.push(`${source}:/root/${path}:${options}`);
  }
  return volumes;
}
