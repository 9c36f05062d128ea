import { hash, verify } from "@node-rs/bcrypt";

/** Of new hashes: about 250 ms of one core. Hashes of other costs verify. */
const DEFAULT_COST = 12;

/** Hashes passwords off the event loop. */
export class PasswordHasher {
  readonly #cost: number;
  #dummy: Promise<string> | undefined;

  /** @param cost 4-31; tests take the least */
  constructor(cost = DEFAULT_COST) {
    this.#cost = cost;
  }

  hash(password: string): Promise<string> {
    return hash(password, { cost: this.#cost });
  }

  /**
   * @param encoded undefined where there is no such user: takes as long, and is false
   */
  async verify(password: string, encoded: string | undefined): Promise<boolean> {
    if (encoded !== undefined) return verify(password, encoded);
    this.#dummy ??= this.hash("no password of anybody");
    await verify(password, await this.#dummy);
    return false;
  }
}
