import { type DataType, dataTypeByName } from "@ofs/codec";
import { ofs } from "@ofs/proto";
import { loadTreeFile, parseSnapshot, type Snapshot } from "@ofs/registry";
import { OK, type Target } from "./target.ts";

/** What the generator of requests must know of an entity. */
export interface EntityModel {
  readonly label: string;
  readonly keyLabels: readonly string[];
  readonly groups: readonly GroupModel[];
}

export interface GroupModel {
  readonly label: string;
  readonly dataType: DataType;
  /** Of the active version, in its order. */
  readonly features: readonly FeatureModel[];
  /** Labels of the other versions; none if they are not known. */
  readonly otherVersions: readonly ReadonlySet<string>[];
}

export interface FeatureModel {
  readonly label: string;
  readonly vectorLength: number;
  /** Largest size of one string, in bytes. */
  readonly stringLength: number;
  /** As a read answers it. */
  readonly defaultValue: Uint8Array;
}

/** Reads the entities of a registry file, as `ofs load` takes it. @throws {Error} if it holds none that serve */
export async function loadEntityModels(file: string): Promise<EntityModel[]> {
  const changes = await loadTreeFile(file);
  const entries = changes.map(({ path, value }) => [path, value ?? new Uint8Array(0)] as const);
  const models = modelsOf(parseSnapshot(new Map(entries), 1));
  if (models.length === 0) throw new Error(`${file}: holds no entity with feature groups`);
  return models;
}

export function modelsOf(snapshot: Snapshot): EntityModel[] {
  const models = [...snapshot.entities.values()].map((entity) => ({
    label: entity.label,
    keyLabels: entity.keys.map(({ label }) => label),
    groups: [...entity.groups.values()].map(({ label, dataType, active, versions }) => ({
      label,
      dataType,
      features: active.labels.map((feature, index) => ({
        label: feature,
        vectorLength: active.layout.vectorLengths?.[index] ?? 1,
        stringLength: active.layout.stringLengths?.[index] ?? 0,
        defaultValue: active.defaults[index] ?? new Uint8Array(0),
      })),
      otherVersions: [...versions.values()]
        .filter((schema) => schema !== active)
        .map(({ labels }) => new Set(labels)),
    })),
  }));
  return models.filter(({ groups }) => groups.length > 0);
}

const DESCRIBE = "/ofs.v1.SchemaService/DescribeEntities";

/** Asks a server of ours what it serves. @throws {Error} if it does not answer, or serves nothing */
export async function describeEntityModels(target: Target): Promise<EntityModel[]> {
  const answer = await target.call(DESCRIBE, new Uint8Array(0), {});
  if (answer.code !== OK) {
    throw new Error(`${target.address}: ${DESCRIBE}: status ${answer.code}: ${answer.message}`);
  }
  const { entities } = ofs.v1.DescribeResult.decode(answer.response);
  const models = entities.map((entity) => ({
    label: entity.label ?? "",
    keyLabels: entity.keyLabels ?? [],
    groups: (entity.groups ?? []).map((group) => ({
      label: group.label ?? "",
      dataType: requireType(group.dataType ?? ""),
      features: (group.features ?? []).map((feature) => ({
        label: feature.label ?? "",
        vectorLength: feature.vectorLength ?? 1,
        stringLength: feature.stringLength ?? 0,
        defaultValue: feature.defaultValue ?? new Uint8Array(0),
      })),
      otherVersions: [],
    })),
  }));
  const served = models.filter(({ groups }) => groups.length > 0);
  if (served.length === 0) throw new Error(`${target.address}: serves no entity`);
  return served;
}

function requireType(name: string): DataType {
  const type = dataTypeByName(name);
  if (type === undefined) throw new Error(`data type ${name} is unknown`);
  return type;
}
