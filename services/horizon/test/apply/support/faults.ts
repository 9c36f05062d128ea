import { FeatureStoreError } from "@ofs/platform";

/** One call that fails: `tables.make#2` is the second call of `make` of what is called `tables`. */
export interface CallFault {
  readonly call: string;
  /** Whether the call is carried out all the same, and only its answer is lost. */
  readonly isAnswerLost: boolean;
}

/** Notes the calls of what it is wrapped around, and lets one of them fail. */
export class Faults {
  readonly calls: string[] = [];
  readonly #counts = new Map<string, number>();
  #fault: CallFault | undefined;
  #isOn = false;

  /** From here on calls are noted, and `fault` strikes once. */
  arm(fault?: CallFault): void {
    this.#isOn = true;
    this.#fault = fault;
  }

  /** Whether the fault has struck. */
  get isSpent(): boolean {
    return this.#fault === undefined;
  }

  wrap<T extends object>(name: string, target: T): T {
    return new Proxy(target, {
      get: (_, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) =>
          this.#call(`${name}.${String(property)}`, () => Reflect.apply(member, target, args));
      },
    });
  }

  async #call(method: string, act: () => unknown): Promise<unknown> {
    if (!this.#isOn) return act();
    const count = (this.#counts.get(method) ?? 0) + 1;
    this.#counts.set(method, count);
    const call = `${method}#${count}`;
    this.calls.push(call);
    const fault = this.#fault;
    if (fault?.call !== call) return act();
    this.#fault = undefined;
    if (fault.isAnswerLost) await act();
    throw new FeatureStoreError("UNAVAILABLE", `${call} failed`);
  }
}
