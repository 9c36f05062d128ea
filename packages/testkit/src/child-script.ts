import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** For scripts in TypeScript that run the source. Others are plain and run what is built: compiling takes its time. */
const SOURCE_OPTIONS = ["--conditions=@ofs/source", "--import", "tsx"];

export interface ChildScriptOptions {
  /** Path; `.ts` for one that runs the source. */
  readonly script: string;
  readonly args: readonly string[];
  /** How large a file of the process may grow; the signal that tells of it is ignored. */
  readonly fileSizeKib?: number | undefined;
}

/** A Node process that a test talks to by lines. */
export class ChildScript {
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

  static start({ script, args, fileSizeKib }: ChildScriptOptions): ChildScript {
    const options = script.endsWith(".ts") ? SOURCE_OPTIONS : [];
    const node = [process.execPath, ...options, script, ...args] as const;
    if (fileSizeKib === undefined) {
      const [command, ...rest] = node;
      return new ChildScript(spawn(command, rest, { stdio: "pipe" }));
    }
    const limited = `trap '' XFSZ; ulimit -f ${fileSizeKib}; exec "$@"`;
    return new ChildScript(spawn("bash", ["-c", limited, "bash", ...node], { stdio: "pipe" }));
  }

  /** Writes a line to its input. */
  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** @returns undefined at the end of the output */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done === true ? undefined : next.value;
  }

  async ask(line: string): Promise<string> {
    this.tell(line);
    const answer = await this.line();
    if (answer === undefined) throw new Error(`child ended: ${this.#errors}`);
    return answer;
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
