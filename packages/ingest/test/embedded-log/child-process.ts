import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * A Node process that runs one of the scripts in `children/`. They run the built code: a hundred are started one
 * after the other, and compiling takes longer than all they do.
 */
export class TestChild {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: AsyncIterator<string>;
  #errors = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, "exit");
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    if (child.stdout === null) throw new Error("child without standard output");
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  static start(script: string, args: readonly string[]): TestChild {
    return new TestChild(spawn(process.execPath, nodeArguments(script, args), { stdio: "pipe" }));
  }

  /** @param fileSizeKib how large a file of the process may grow; the signal that tells of it is ignored */
  static startWithFileLimit(
    script: string,
    args: readonly string[],
    fileSizeKib: number,
  ): TestChild {
    const limited = `trap '' XFSZ; ulimit -f ${fileSizeKib}; exec "$@"`;
    const command = ["-c", limited, "bash", process.execPath, ...nodeArguments(script, args)];
    return new TestChild(spawn("bash", command, { stdio: "pipe" }));
  }

  /** Lets a script go on that waits for it. */
  begin(): void {
    this.#child.stdin?.write("begin\n");
  }

  /** @returns undefined at the end of the output */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done === true ? undefined : next.value;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Ends its input and waits for it. @returns its exit code (null if killed) and what it complained of */
  async end(): Promise<{ readonly code: number | null; readonly errors: string }> {
    this.#child.stdin?.end();
    await this.#exited;
    return { code: this.#child.exitCode, errors: this.#errors };
  }
}

function nodeArguments(script: string, args: readonly string[]): string[] {
  const path = fileURLToPath(new URL(`children/${script}.mjs`, import.meta.url));
  return [path, ...args];
}
