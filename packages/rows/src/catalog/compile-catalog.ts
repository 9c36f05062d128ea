import type { EntityMetadata, GroupMetadata, GroupVersion } from "../model.ts";
import { foldName, parseVersion } from "../names.ts";
import type { CatalogFault, CatalogParts } from "./catalog-parts.ts";
import { catalogPaths } from "./catalog-paths.ts";
import { CatalogProblem } from "./catalog-problem.ts";
import { type CompiledEntity, compileEntity } from "./compiled-entity.ts";
import { compileGroup } from "./compiled-group.ts";
import type { ResolvedColumn, ResolvedGroup } from "./resolved.ts";

/** What a catalog looks things up in. */
export interface CatalogContent {
  /** By name. */
  readonly entities: ReadonlyMap<string, CompiledEntity>;
  /** By name, then version, the oldest version first. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, ResolvedGroup>>;
  /** By name. */
  readonly versions: ReadonlyMap<string, GroupVersion>;
  /** Names as registered by their folded form. */
  readonly foldedEntities: ReadonlyMap<string, string>;
  readonly foldedGroups: ReadonlyMap<string, string>;
  readonly faults: readonly CatalogFault[];
}

/** @param previous what has not changed since is taken over */
export function compileCatalog(
  parts: CatalogParts,
  previous: CatalogContent | undefined,
  faults: readonly CatalogFault[],
): CatalogContent {
  return new CatalogCompiler(previous, faults).compile(parts);
}

/** Of two objects that exclude each other the older one stays. */
class CatalogCompiler {
  readonly #previous: CatalogContent | undefined;
  readonly #faults: CatalogFault[];
  readonly #entities = new Map<string, CompiledEntity>();
  readonly #foldedEntities = new Map<string, string>();
  readonly #groups = new Map<string, Map<string, ResolvedGroup>>();
  readonly #foldedGroups = new Map<string, string>();
  /** Of each entity: who has a storage column. */
  readonly #storage = new Map<CompiledEntity, Map<string, string>>();

  constructor(previous: CatalogContent | undefined, faults: readonly CatalogFault[]) {
    this.#previous = previous;
    this.#faults = [...faults];
  }

  compile({ entities, groups, versions }: CatalogParts): CatalogContent {
    for (const entity of [...entities].sort(byAge)) {
      this.#attempt(
        () => this.#addEntity(entity),
        () => catalogPaths.entity(entity.name),
      );
    }
    for (const group of [...groups].sort(byAgeAndVersion)) {
      this.#attempt(
        () => this.#addGroup(group),
        () => catalogPaths.group(group.name, group.version),
      );
    }
    const latest = new Map<string, GroupVersion>();
    for (const version of versions) {
      latest.set(version.name, version);
      this.#attempt(
        () => this.#checkVersion(version),
        () => catalogPaths.version(version.name),
      );
    }
    this.#checkUnversioned(latest);
    return {
      entities: this.#entities,
      groups: this.#groups,
      versions: latest,
      foldedEntities: this.#foldedEntities,
      foldedGroups: this.#foldedGroups,
      faults: this.#faults,
    };
  }

  #attempt(act: () => void, path: () => string): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof CatalogProblem)) throw error;
      this.#faults.push({ path: path(), reason: error.message });
    }
  }

  #addEntity(metadata: EntityMetadata): void {
    const { name } = metadata;
    const other = this.#foldedEntities.get(foldName(name));
    if (other !== undefined) throw new CatalogProblem(`its table is that of entity ${other}`);
    const known = this.#previous?.entities.get(name);
    const entity = known?.metadata === metadata ? known : compileEntity(metadata);
    this.#foldedEntities.set(foldName(name), name);
    this.#entities.set(name, entity);
    this.#storage.set(
      entity,
      new Map(entity.columns.map(({ stored }) => [stored.name, "the entity"])),
    );
  }

  #addGroup(metadata: GroupMetadata): void {
    const { name, version } = metadata;
    const { entityName } = metadata.featureGroup;
    const owner = this.#entities.get(entityName);
    if (owner === undefined) {
      throw new CatalogProblem(`entity ${JSON.stringify(entityName)} is not there or faulty`);
    }
    const other = this.#foldedGroups.get(foldName(name)) ?? name;
    if (other !== name) throw new CatalogProblem(`feature group ${other} differs in case only`);
    const known = this.#previous?.groups.get(name)?.get(version);
    const isSame = known?.metadata === metadata && known.table === owner.table;
    const group = isSame ? known : compileGroup(metadata, owner);
    this.#claimStorage(group, owner);
    this.#foldedGroups.set(foldName(name), name);
    const versions = this.#groups.get(name) ?? new Map<string, ResolvedGroup>();
    this.#groups.set(name, versions.set(version, group));
  }

  /** All or nothing: what a faulty group claims is free for others. */
  #claimStorage({ columns, metadata }: ResolvedGroup, owner: CompiledEntity): void {
    const claims = this.#storage.get(owner) as Map<string, string>;
    const names = metadata.featureGroup.features.map(
      ({ name }) => (columns.get(name) as ResolvedColumn).stored.name,
    );
    for (const name of names) {
      const other = claims.get(name);
      if (other !== undefined) throw new CatalogProblem(`column ${name} is stored for ${other}`);
    }
    for (const name of names) claims.set(name, `${metadata.name} ${metadata.version}`);
  }

  #checkVersion({ latestVersion, name }: GroupVersion): void {
    if (this.#groups.get(name)?.has(latestVersion)) return;
    throw new CatalogProblem(
      `latest version ${JSON.stringify(latestVersion)} is not there or faulty`,
    );
  }

  /** A group without a latest version cannot be found by its name alone. */
  #checkUnversioned(latest: ReadonlyMap<string, GroupVersion>): void {
    const faulty = new Set(this.#faults.map(({ path }) => path));
    for (const name of this.#groups.keys()) {
      const path = catalogPaths.version(name);
      if (!latest.has(name) && !faulty.has(path)) {
        this.#faults.push({ path, reason: "there is no latest version" });
      }
    }
  }
}

type Aged = Pick<EntityMetadata, "createdAt" | "name">;

function byAge(a: Aged, b: Aged): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt;
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

function byAgeAndVersion(a: GroupMetadata, b: GroupMetadata): number {
  return byAge(a, b) || versionNumber(a) - versionNumber(b);
}

function versionNumber({ version }: GroupMetadata): number {
  return parseVersion(version) ?? 0;
}
