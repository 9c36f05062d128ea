import type { DataType } from "@ofs/codec";
import { DATA_TYPES, dataTypeByName } from "@ofs/codec";
import { type EntityModel, modelsOf } from "@ofs/differential";
import { parseSnapshot } from "@ofs/registry";
import { entityTree, type RegistryEntries } from "@ofs/testkit";

/** An entity with a group of each data type, and one with two keys. */
export function everyTypeTree(storeDefinition = '{"db-type":"embedded"}'): RegistryEntries {
  const groups = DATA_TYPES.map((type) => {
    const feature = {
      vectorLength: type.isVector ? 3 : 0,
      stringLength: type.kind === "string" ? 24 : 0,
    };
    const short = type.name.slice("DataType".length);
    const versions = [{ a: feature, b: feature, c: feature }];
    return [short.toLowerCase(), { id: type.code, type: short, versions }] as const;
  });
  const pair = { counts: { id: 0, type: "Int32", versions: [{ n: {}, m: {} }] } };
  return {
    "storage/stores/1": storeDefinition,
    ...entityTree("every", ["id"], Object.fromEntries(groups)),
    ...entityTree("pair", ["user", "item"], pair),
  };
}

export function modelsOfTree(tree: RegistryEntries): EntityModel[] {
  const entries = Object.entries(tree).map(([path, text]) => [path, Buffer.from(text)] as const);
  return modelsOf(parseSnapshot(new Map(entries), 1));
}

export function typeOf(shortName: string): DataType {
  const type = dataTypeByName(`DataType${shortName}`);
  if (type === undefined) throw new Error(`no data type ${shortName}`);
  return type;
}
