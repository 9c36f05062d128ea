import type {
  ConsumerMetadata,
  EntityMetadata,
  GroupMetadata,
  GroupVersion,
  PopulatorMetadata,
} from "../model.ts";

/** What a catalog is made of, in any order, each name once. */
export interface CatalogParts {
  readonly entities: Iterable<EntityMetadata>;
  readonly groups: Iterable<GroupMetadata>;
  readonly versions: Iterable<GroupVersion>;
  readonly consumers: Iterable<ConsumerMetadata>;
  readonly populators: Iterable<PopulatorMetadata>;
}

/** An object that cannot be served, and why. */
export interface CatalogFault {
  /** As in the registry's tree: `entities/user`, `feature-groups/stats/v2`. */
  readonly path: string;
  readonly reason: string;
}
