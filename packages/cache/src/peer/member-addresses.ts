import { lookup as systemLookup } from "node:dns/promises";
import { isIPv4 } from "node:net";

/** Between attempts to resolve names that could not be. */
const RETRY_MS = 5_000;

/** @returns an IPv4 address; rejects if there is none */
export type HostLookup = (hostName: string) => Promise<string>;

/** The IPv4 address of a name. @throws the system's error if there is none */
export async function lookUpHost(hostName: string): Promise<string> {
  return isIPv4(hostName) ? hostName : (await systemLookup(hostName, { family: 4 })).address;
}

/** IPv4 addresses of host names, looked up in the background and kept; what fails is tried again. */
export class MemberAddresses {
  readonly #lookup: HostLookup;
  readonly #onChange: () => void;
  readonly #byName = new Map<string, string>();
  #wanted: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isClosed = false;

  /** @param onChange a name that was asked for has an address now */
  constructor(lookup: HostLookup = lookUpHost, onChange: () => void) {
    this.#lookup = lookup;
    this.#onChange = onChange;
  }

  /** An address is its own name. */
  get(hostName: string): string | undefined {
    return isIPv4(hostName) ? hostName : this.#byName.get(hostName);
  }

  /** Looks these names up, and forgets all others. */
  resolve(hostNames: readonly string[]): void {
    this.#wanted = new Set(hostNames.filter((name) => !isIPv4(name)));
    for (const name of this.#byName.keys()) if (!this.#wanted.has(name)) this.#byName.delete(name);
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** One name after the other. Never rejects. */
  async #run(): Promise<void> {
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    clearTimeout(this.#timer);
    let hasFailed = false;
    const tried = new Set<string>();
    for (let name = this.#next(tried); name !== undefined; name = this.#next(tried)) {
      tried.add(name);
      if (!(await this.#resolveOne(name))) hasFailed = true;
    }
    this.#isRunning = false;
    if (!hasFailed || this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#run(), RETRY_MS);
    this.#timer.unref();
  }

  #next(tried: ReadonlySet<string>): string | undefined {
    if (this.#isClosed) return undefined;
    for (const name of this.#wanted) if (!this.#byName.has(name) && !tried.has(name)) return name;
    return undefined;
  }

  async #resolveOne(name: string): Promise<boolean> {
    try {
      const address = await this.#lookup(name);
      if (this.#isClosed || !this.#wanted.has(name)) return true;
      this.#byName.set(name, address);
      this.#onChange();
      return true;
    } catch {
      // A name that has no address yet: it shows as unresolved, and is tried again.
      return false;
    }
  }
}
