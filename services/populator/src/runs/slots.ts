import type { Claims } from "./claims.ts";

/** A place of a tenant in which one worker of the fleet may work. */
export interface Slot {
  release(): Promise<void>;
}

const FREE: Slot = { release: async () => undefined };

/** As many workers at once for a tenant as it is registered with; tenants without a registration have no limit. */
export class TenantSlots {
  readonly #claims: Claims;
  readonly #requiredOf: (tenant: string) => number | undefined;
  readonly #assigned = new Map<string, number>();

  constructor(claims: Claims, requiredOf: (tenant: string) => number | undefined) {
    this.#claims = claims;
    this.#requiredOf = requiredOf;
  }

  /** Slots that this process has, by tenant. */
  assigned(): ReadonlyMap<string, number> {
    return this.#assigned;
  }

  /** @returns undefined if all are taken @throws {FeatureStoreError} UNAVAILABLE */
  async take(tenant: string): Promise<Slot | undefined> {
    const count = this.#requiredOf(tenant);
    if (count === undefined) return FREE;
    for (let index = 0; index < count; index++) {
      const path = `populator-slots/${encodeURIComponent(tenant)}/${index}`;
      if (!(await this.#claims.claim(path))) continue;
      this.#count(tenant, 1);
      return {
        release: async () => {
          this.#count(tenant, -1);
          await this.#claims.release(path);
        },
      };
    }
    return undefined;
  }

  #count(tenant: string, change: 1 | -1): void {
    const count = (this.#assigned.get(tenant) ?? 0) + change;
    if (count === 0) this.#assigned.delete(tenant);
    else this.#assigned.set(tenant, count);
  }
}
