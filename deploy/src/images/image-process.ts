import { readFile } from "node:fs/promises";
import { runCommand, startProcess, type TestProcess, waitUntil } from "@ofs/testkit";
import type { ImageConfig } from "./image-store.ts";

const START_TIMEOUT_MS = 60_000;
const COMMAND_TIMEOUT_MS = 60_000;

/** Arguments: root, user, working folder, then folders that are writable, `--`, and the command. */
const ENTER = `
set -e
root=$1 user=$2 folder=$3; shift 3
ip link set lo up
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
  mkdir -p "$root$1"
  mount -t tmpfs -o "mode=700,uid=\${user%%:*},gid=\${user##*:}" tmpfs "$root$1"
  shift
done
shift
mount -o remount,bind,ro "$root" "$root"
exec chroot --userspec="$user" "$root" /usr/bin/env --chdir="$folder" "$@"
`;

export interface ImageProcessOptions {
  /** Folder with the file system of the image. */
  readonly root: string;
  readonly config: ImageConfig;
  readonly env?: Readonly<Record<string, string>>;
  /** Writable folders beside the image's volumes. */
  readonly writable?: readonly string[];
}

/**
 * The entry point of an image, run as container engines do: process 1 of its own namespaces, as the image's user, on a
 * read-only file system with its volumes, and with a network of its own that reaches nobody.
 */
export class ImageProcess {
  /** Of the process as this machine knows it. */
  readonly pid: number;
  readonly #unshare: TestProcess;
  readonly #options: ImageProcessOptions;

  private constructor(unshare: TestProcess, pid: number, options: ImageProcessOptions) {
    this.#unshare = unshare;
    this.pid = pid;
    this.#options = options;
  }

  static async start(options: ImageProcessOptions): Promise<ImageProcess> {
    const { root, config, writable = [] } = options;
    const namespaces = ["--mount", "--pid", "--net", "--fork", "--kill-child"];
    const folders = [...config.volumes, ...writable];
    const unshare = await startProcess({
      command: "unshare",
      args: [
        ...[...namespaces, "sh", "-c", ENTER, "enter", root, config.user, config.workingFolder],
        ...[...folders, "--", "env", "-i", ...environment(options), ...config.entrypoint],
      ],
    });
    const what = `${config.entrypoint.join(" ")} to run`;
    try {
      const pid = await waitUntil(() => nodeChild(unshare), { what, timeoutMs: START_TIMEOUT_MS });
      return new ImageProcess(unshare, pid, options);
    } catch (error) {
      await unshare.kill();
      throw new Error(unshare.output, { cause: error });
    }
  }

  get output(): string {
    return this.#unshare.output;
  }

  get isRunning(): boolean {
    return this.#unshare.isRunning;
  }

  /** Runs a command beside the process, as engines do for health checks. */
  run(command: readonly string[]): Promise<string> {
    const { config } = this.#options;
    const [uid = "", gid = ""] = config.user.split(":");
    const spaces = ["--target", `${this.pid}`, "--mount", "--pid", "--net", "--root"];
    const inside = ["/usr/bin/env", `--chdir=${config.workingFolder}`, "-i"];
    return runCommand(
      "nsenter",
      [
        ...[...spaces, "--setuid", uid, "--setgid", gid, "--", ...inside],
        ...[...environment(this.#options), ...command],
      ],
      { timeoutMs: COMMAND_TIMEOUT_MS },
    );
  }

  /** User id that the process runs as. */
  async userId(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, "utf8");
    return Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
  }

  /**
   * Sends the signal, and waits for the end.
   *
   * @returns the exit code; undefined when it had to be killed after `withinMs`
   */
  async stop(signal: NodeJS.Signals, withinMs: number): Promise<number | undefined> {
    process.kill(this.pid, signal);
    const timer = setTimeout(() => void this.#unshare.kill(), withinMs);
    const { code } = await this.#unshare.exited;
    clearTimeout(timer);
    return code ?? undefined;
  }

  /** Ends it in whatever state it is. */
  async kill(): Promise<void> {
    if (this.isRunning) await this.#unshare.kill();
  }
}

function environment({ config, env = {} }: ImageProcessOptions): string[] {
  return [...config.env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
}

/** The child of `unshare` once the steps before it have been exchanged for Node. */
async function nodeChild(unshare: TestProcess): Promise<number | undefined> {
  if (!unshare.isRunning) throw new Error("it ended at once");
  const { pid } = unshare;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const child = Number.parseInt(children, 10);
  if (!(child > 0)) return undefined;
  const name = await readFile(`/proc/${child}/comm`, "utf8");
  return /^(?:node|MainThread)\s*$/.test(name) ? child : undefined;
}
