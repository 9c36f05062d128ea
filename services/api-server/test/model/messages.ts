import type { persist, retrieve } from "@ofs/proto";
import type { SeededRandom } from "@ofs/testkit";
import type {
  FeatureValue,
  ModelRead,
  ModelType,
  ModelWrite,
  ScalarValue,
} from "@ofs/testkit/model";
import Long from "long";

type Container = Exclude<keyof persist.IValues, "vector" | "$unknowns">;

/** In which of the fields that hold a type's values they are sent. */
export type ContainerChoice = (type: ModelType, values: readonly FeatureValue[]) => Container;

/** The container that the specification names for the type. */
export function properContainer({ element, kind }: ModelType): Container {
  switch (kind) {
    case "float":
      return element === "FP64" ? "fp64Values" : "fp32Values";
    case "int":
      return element === "Int64" ? "int64Values" : "int32Values";
    case "uint":
      return element === "Uint64" ? "uint64Values" : "uint32Values";
    case "string":
      return "stringValues";
    case "bool":
      return "boolValues";
  }
}

/** Any container that the specification takes for the type, if it holds the values. */
export function anyContainer(random: SeededRandom): ContainerChoice {
  return (type, values) => {
    const proper = properContainer(type);
    if (type.kind === "float") return random.pick(["fp32Values", "fp64Values"] as const);
    if (type.kind !== "int" && type.kind !== "uint") return proper;
    const integers = values.flat() as bigint[];
    const others: Container[] = [proper];
    if (integers.every((value) => BigInt.asIntN(32, value) === value)) others.push("int32Values");
    if (integers.every((value) => BigInt.asIntN(64, value) === value)) others.push("int64Values");
    return random.pick(others);
  };
}

/**
 * @param typeOf data type of a group
 * @param choose container of the values of a group in a row
 * @param isFlat whether vectors are sent one after another in the container itself
 */
export function persistMessage(
  write: ModelWrite,
  typeOf: (group: string) => ModelType,
  choose: ContainerChoice = properContainer,
  isFlat = false,
): persist.IQuery {
  const types = write.groups.map(({ label }) => typeOf(label));
  return {
    entityLabel: write.entity,
    keysSchema: [...write.keysSchema],
    featureGroupSchema: groupsOf(write.groups),
    data: write.rows.map(({ key, values }) => ({
      keyValues: [...key],
      featureValues: values.map((ofGroup, i) => {
        const type = types[i] as ModelType;
        return { values: valuesMessage(type, ofGroup, choose(type, ofGroup), isFlat) };
      }),
    })),
  };
}

function valuesMessage(
  type: ModelType,
  values: readonly FeatureValue[],
  container: Container,
  isFlat: boolean,
): persist.IValues {
  if (!type.isVector || isFlat) return { [container]: values.flat().map(toWire) };
  return {
    vector: (values as readonly (readonly ScalarValue[])[]).map((elements) => ({
      values: { [container]: elements.map(toWire) },
    })),
  };
}

/** 64-bit integers keep every digit. */
function toWire(value: ScalarValue | FeatureValue): unknown {
  if (typeof value !== "bigint") return value;
  const isSmall = value >= -(2n ** 31n) && value < 2n ** 32n;
  return isSmall ? Number(value) : Long.fromString(String(value), value >= 2n ** 63n);
}

export function retrieveMessage(read: ModelRead): retrieve.IQuery {
  return {
    entityLabel: read.entity,
    keysSchema: [...read.keysSchema],
    featureGroups: groupsOf(read.groups),
    keys: read.keys.map((cols) => ({ cols: [...cols] })),
  };
}

function groupsOf(groups: ModelRead["groups"]): { label: string; featureLabels: string[] }[] {
  return groups.map(({ label, features }) => ({ label, featureLabels: [...features] }));
}
