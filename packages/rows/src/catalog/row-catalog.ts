import {
  type ConsumerMetadata,
  DEFAULT_TENANT,
  type EntityMetadata,
  type GroupMetadata,
  type PopulatorMetadata,
  type TenantConfig,
} from "../model.ts";
import { foldName } from "../names.ts";
import type { CatalogFault, CatalogParts } from "./catalog-parts.ts";
import { type CatalogContent, compileCatalog } from "./compile-catalog.ts";
import type { ResolvedGroup } from "./resolved.ts";

/** Which of a feature group's tenants is meant. */
export type TenantRole = keyof TenantConfig;

const TENANT_ROLES: readonly TenantRole[] = ["read", "write", "consume"];

const NO_PARTS: CatalogParts = {
  entities: [],
  groups: [],
  versions: [],
  consumers: [],
  populators: [],
};

/** Everything that the registry says of the row dialect at one moment. Immutable. */
export class RowCatalog {
  static readonly EMPTY: RowCatalog = RowCatalog.build(NO_PARTS);

  readonly #content: CatalogContent;
  readonly #byEntity = new Map<string, ResolvedGroup[]>();
  /** By role and tenant. */
  readonly #byTenant = new Map<string, ResolvedGroup[]>();
  /** By tenant. */
  readonly consumers: ReadonlyMap<string, ConsumerMetadata>;
  /** By tenant. */
  readonly populators: ReadonlyMap<string, PopulatorMetadata>;

  private constructor(content: CatalogContent, parts: CatalogParts) {
    this.#content = content;
    this.consumers = new Map([...parts.consumers].map((each) => [each.tenantName, each]));
    this.populators = new Map([...parts.populators].map((each) => [each.tenantName, each]));
    for (const group of this.groups()) {
      push(this.#byEntity, group.entity.name, group);
      for (const role of TENANT_ROLES) {
        push(this.#byTenant, tenantKey(role, group.metadata.tenant[role]), group);
      }
    }
  }

  /**
   * What cannot be served is left out, each with its fault; of two objects that exclude each other the older one stays.
   *
   * @param previous metadata objects that it has too keep what was made of them
   * @param faults of objects that could not even be read
   */
  static build(
    parts: CatalogParts,
    previous?: RowCatalog,
    faults: readonly CatalogFault[] = [],
  ): RowCatalog {
    const before = previous === undefined ? undefined : previous.#content;
    return new RowCatalog(compileCatalog(parts, before, faults), parts);
  }

  get faults(): readonly CatalogFault[] {
    return this.#content.faults;
  }

  entity(name: string): EntityMetadata | undefined {
    return this.#content.entities.get(name)?.metadata;
  }

  entities(): EntityMetadata[] {
    return [...this.#content.entities.values()].map(({ metadata }) => metadata);
  }

  /** @param version default: the latest */
  group(name: string, version?: string): ResolvedGroup | undefined {
    const wanted = version ?? this.latestVersion(name);
    return wanted === undefined ? undefined : this.#content.groups.get(name)?.get(wanted);
  }

  /** All versions of all groups. */
  groups(): ResolvedGroup[] {
    return [...this.#content.groups.values()].flatMap((versions) => [...versions.values()]);
  }

  /** All versions of one group, the oldest first. */
  versionsOf(name: string): readonly ResolvedGroup[] {
    return [...(this.#content.groups.get(name)?.values() ?? [])];
  }

  /** As the registry says, whether it can be served or not. */
  latestVersion(name: string): string | undefined {
    return this.#content.versions.get(name)?.latestVersion;
  }

  /** All versions of all groups that are attached to an entity. */
  groupsOfEntity(name: string): readonly ResolvedGroup[] {
    return this.#byEntity.get(name) ?? [];
  }

  /** All versions whose tenant in this role it is. */
  groupsOfTenant(role: TenantRole, tenant: string): readonly ResolvedGroup[] {
    return this.#byTenant.get(tenantKey(role, tenant)) ?? [];
  }

  /** For the old clients, who write names in any case. */
  entityFolded(name: string): EntityMetadata | undefined {
    return this.entity(this.#content.foldedEntities.get(foldName(name)) ?? "");
  }

  /** For the old clients, who write names in any case: the latest version. */
  groupFolded(name: string): ResolvedGroup | undefined {
    return this.group(this.#content.foldedGroups.get(foldName(name)) ?? "");
  }

  /** The topic that a group's rows come through: that of its tenant, or else of the default tenant. */
  topicOf({ tenant }: Pick<GroupMetadata, "tenant">): string | undefined {
    const consumer = this.consumers.get(tenant.consume) ?? this.consumers.get(DEFAULT_TENANT);
    return consumer?.topicName;
  }
}

function tenantKey(role: TenantRole, tenant: string): string {
  return `${role}/${tenant}`;
}

function push(lists: Map<string, ResolvedGroup[]>, key: string, group: ResolvedGroup): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [group]);
  else list.push(group);
}
