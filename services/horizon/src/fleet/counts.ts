import { z } from "zod";
import type { Actor } from "../apply/ports.ts";
import { isPermitted } from "../auth/roles.ts";
import { CHANGE_KINDS } from "../changes/model.ts";
import type { RequestRepository } from "../database/ports.ts";
import type { Catalog } from "../discovery/catalog/model.ts";
import type { CatalogView } from "../discovery/index.ts";

const count = z.number().int();

export const countsShape = z.object({
  entities: count,
  "feature-groups": count,
  features: count.describe("Of the groups' active versions"),
  stores: count,
  "writer-jobs": count,
  readers: count,
  faults: count.describe("Nodes of the registry that are broken"),
  "waiting-requests": count.describe("All for approvers, else the caller's own"),
});

type RegistryCounts = Omit<z.output<typeof countsShape>, "waiting-requests">;

/** Numbers for a first page, without the lists that they are of. */
export class Counts {
  readonly #catalog: CatalogView;
  readonly #requests: Pick<RequestRepository, "list">;
  #known: { readonly catalog: Catalog; readonly counts: RegistryCounts } | undefined;

  constructor(catalog: CatalogView, requests: Pick<RequestRepository, "list">) {
    this.#catalog = catalog;
    this.#requests = requests;
  }

  /** @throws {FeatureStoreError} UNAVAILABLE if the registry or the database is away */
  async read({ role, email }: Actor): Promise<z.output<typeof countsShape>> {
    const { total } = await this.#requests.list({
      kinds: CHANGE_KINDS,
      statuses: ["PENDING APPROVAL"],
      limit: 1,
      ...(isPermitted(role, "decide") ? {} : { createdBy: email }),
    });
    return { ...this.#registryCounts(), "waiting-requests": total };
  }

  /** Counted once for each revision. */
  #registryCounts(): RegistryCounts {
    const catalog = this.#catalog.current();
    if (this.#known?.catalog !== catalog) {
      this.#known = { catalog, counts: countRegistry(catalog) };
    }
    return this.#known.counts;
  }
}

function countRegistry({ entities, stores, writers, readers, snapshot }: Catalog): RegistryCounts {
  let groupCount = 0;
  let featureCount = 0;
  for (const { groups } of entities.values()) {
    groupCount += groups.size;
    for (const group of groups.values()) {
      featureCount += group.version(group.activeVersion)?.features.length ?? 0;
    }
  }
  return {
    entities: entities.size,
    "feature-groups": groupCount,
    features: featureCount,
    stores: stores.size,
    "writer-jobs": writers.size,
    readers: readers.size,
    faults: snapshot.faults.length,
  };
}
