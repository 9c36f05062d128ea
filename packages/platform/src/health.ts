/** What one check says. A warning is shown but keeps the process ready. */
export interface CheckResult {
  readonly status: "ok" | "warning" | "failing";
  /** For people: shown by `/ready`. Holds no secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface HealthReport {
  readonly isReady: boolean;
  /** `draining` once the shutdown has begun, whatever the checks say. */
  readonly status: "ready" | "warning" | "not-ready" | "draining";
  /** By name, in the order of registration. */
  readonly checks: Readonly<Record<string, CheckResult>>;
}

/** Readiness of a process: named checks, and an end once it drains. Checks are synchronous and cheap. */
export class Health {
  readonly #checks = new Map<string, () => CheckResult>();
  readonly #listeners = new Set<(isReady: boolean) => void>();
  #isDraining = false;
  #wasReady = false;

  /** @throws {Error} if the name is taken */
  register(name: string, check: () => CheckResult): void {
    if (this.#checks.has(name)) throw new Error(`health check '${name}' is registered already`);
    this.#checks.set(name, check);
  }

  /** From now on the process is not ready. */
  startDraining(): void {
    this.#isDraining = true;
    this.refresh();
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  get isReady(): boolean {
    if (this.#isDraining) return false;
    for (const check of this.#checks.values()) {
      if (check().status === "failing") return false;
    }
    return true;
  }

  report(): HealthReport {
    const checks: Record<string, CheckResult> = {};
    for (const [name, check] of this.#checks) checks[name] = check();
    const status = this.#isDraining ? "draining" : worst(Object.values(checks));
    return { isReady: status === "ready" || status === "warning", status, checks };
  }

  /** Calls `listener` at each change that `refresh` finds. @returns a function that ends this */
  onChange(listener: (isReady: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Evaluates the checks and tells the listeners if readiness has changed since the last time. */
  refresh(): void {
    const isReady = this.isReady;
    if (isReady === this.#wasReady) return;
    this.#wasReady = isReady;
    for (const listener of this.#listeners) listener(isReady);
  }
}

function worst(checks: readonly CheckResult[]): "ready" | "warning" | "not-ready" {
  if (checks.some((check) => check.status === "failing")) return "not-ready";
  return checks.some((check) => check.status === "warning") ? "warning" : "ready";
}
