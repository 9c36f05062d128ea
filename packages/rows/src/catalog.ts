import type {
  ConsumerMetadata,
  EntityMetadata,
  GroupMetadata,
  GroupVersion,
  PopulatorMetadata,
} from "./model.ts";
import type { ResolvedGroup } from "./resolved.ts";

/** Which of a feature group's tenants is meant. */
export type TenantRole = "read" | "write" | "consume";

/** What the catalog is made of, in any order. */
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

/** Everything that the registry says of the row dialect at one moment. Immutable. */
export class RowCatalog {
  static readonly EMPTY: RowCatalog = new RowCatalog();

  /**
   * @param previous what stayed the same keeps its objects
   * @param faults of objects that could not even be read
   */
  static build(
    parts: CatalogParts,
    previous: RowCatalog = RowCatalog.EMPTY,
    faults: readonly CatalogFault[] = [],
  ): RowCatalog {
    throw new Error(`not yet: ${parts} ${previous} ${faults}`);
  }

  /** By name. */
  readonly entities: ReadonlyMap<string, EntityMetadata> = new Map();
  /** By name, the latest versions. */
  readonly versions: ReadonlyMap<string, GroupVersion> = new Map();
  /** By tenant. */
  readonly consumers: ReadonlyMap<string, ConsumerMetadata> = new Map();
  /** By tenant. */
  readonly populators: ReadonlyMap<string, PopulatorMetadata> = new Map();
  readonly faults: readonly CatalogFault[] = [];

  entity(name: string): EntityMetadata | undefined {
    return this.entities.get(name);
  }

  /** @param version default: the latest */
  group(name: string, version?: string): ResolvedGroup | undefined {
    throw new Error(`not yet: ${name} ${version}`);
  }

  /** All versions of all groups. */
  groups(): Iterable<ResolvedGroup> {
    throw new Error("not yet");
  }

  /** All versions of one group, the oldest first. */
  versionsOf(name: string): readonly ResolvedGroup[] {
    throw new Error(`not yet: ${name}`);
  }

  latestVersion(name: string): string | undefined {
    return this.versions.get(name)?.latestVersion;
  }

  /** All versions of all groups that are attached to an entity. */
  groupsOfEntity(name: string): readonly ResolvedGroup[] {
    throw new Error(`not yet: ${name}`);
  }

  /** All versions whose tenant in this role it is. */
  groupsOfTenant(role: TenantRole, tenant: string): readonly ResolvedGroup[] {
    throw new Error(`not yet: ${role} ${tenant}`);
  }

  /** For the old clients, who write names in any case. */
  entityFolded(name: string): EntityMetadata | undefined {
    throw new Error(`not yet: ${name}`);
  }

  /** For the old clients, who write names in any case: the latest version. */
  groupFolded(name: string): ResolvedGroup | undefined {
    throw new Error(`not yet: ${name}`);
  }

  /** The topic that a group's rows come through: that of its tenant, or else of the default tenant. */
  topicOf(group: GroupMetadata): string | undefined {
    throw new Error(`not yet: ${group}`);
  }
}
