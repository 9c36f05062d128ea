import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "@ofs/testkit";

const ROOT = join(import.meta.dirname, "../../../..");
const GUIDE = "deploy/README.md";
const SECTION = "### A fleet on servers";
const SETTINGS = "settings";
const COMMAND_TIMEOUT_MS = 180_000;

/** The commands of the operations guide's section about servers, to run as they are printed. Each block is called as its first line says. */
export class GuideCommands {
  readonly #blocks: ReadonlyMap<string, string>;
  readonly #env: NodeJS.ProcessEnv;
  readonly #run = new Set<string>();

  /**
   * @param settings in place of the values that the guide has
   * @param folders of programs
   * @throws {Error} if these are not just the guide's settings
   */
  constructor(settings: Readonly<Record<string, string>>, folders: readonly string[]) {
    this.#blocks = readBlocks();
    const block = this.#text(SETTINGS);
    const named = [...block.matchAll(/([A-Z_]+)=/g)].map(([, name = ""]) => name);
    const given = Object.keys(settings);
    if (named.toSorted().join() !== given.toSorted().join()) {
      throw new Error(`${GUIDE} has the settings ${named}, and given are ${given}`);
    }
    const path = [...folders, process.env["PATH"]].join(":");
    this.#env = { ...process.env, ...settings, PATH: path };
    this.#run.add(SETTINGS);
  }

  /** Runs a block. @param name how its first line begins @returns its output @throws {Error} with it, if a command fails */
  run(name: string): Promise<string> {
    const text = this.#text(name);
    this.#run.add(name);
    const options = { env: this.#env, cwd: ROOT, timeoutMs: COMMAND_TIMEOUT_MS };
    return runCommand("sh", ["-euc", `umask 077\n${text}`], options);
  }

  /** First lines of blocks that nobody has run. */
  get notRun(): string[] {
    const names = [...this.#run];
    return [...this.#blocks.keys()].filter((title) => !names.some((name) => isName(title, name)));
  }

  #text(name: string): string {
    const found = [...this.#blocks].filter(([title]) => isName(title, name));
    if (found.length === 1) return found[0]?.[1] ?? "";
    throw new Error(`${GUIDE} has ${found.length} blocks "${name}" in "${SECTION}"`);
  }
}

/** A name ends where a word does. */
function isName(title: string, name: string): boolean {
  return title === name || title.startsWith(`${name}:`) || title.startsWith(`${name},`);
}

/** Text of each shell block, by its first line, which is a comment. */
function readBlocks(): Map<string, string> {
  const guide = readFileSync(join(ROOT, GUIDE), "utf8");
  const [, after = ""] = guide.split(`${SECTION}\n`);
  const [section = ""] = after.split(/^##/m);
  const blocks = section.matchAll(/^```sh\n# (.+)\n((?:.*\n)*?)^```$/gm);
  return new Map([...blocks].map(([, title = "", text = ""]) => [title, text]));
}
