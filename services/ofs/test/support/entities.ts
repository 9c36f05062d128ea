import type { EntityDescription, GroupDescription } from "@ofs/client";
import { EntityIndex } from "../../src/cli/entity-index.ts";

type FeatureLengths = Readonly<
  Record<string, { readonly vector?: number; readonly string?: number }>
>;

/** Describes a group; lengths are by feature label. */
export function describeGroup(
  label: string,
  dataType: string,
  features: FeatureLengths,
): GroupDescription {
  return {
    label,
    id: 0,
    dataType,
    ttlSeconds: 0,
    activeVersion: 1,
    storeId: "1",
    isProcessCached: false,
    isDistributedCached: false,
    features: Object.entries(features).map(([feature, lengths]) => ({
      label: feature,
      vectorLength: lengths.vector ?? 1,
      stringLength: lengths.string ?? 0,
      defaultValue: new Uint8Array(),
    })),
  };
}

/** An entity with a group of each kind that input and output treat in its own way. */
export const FILM: EntityDescription = {
  label: "film",
  keyLabels: ["film_id"],
  groups: [
    describeGroup("ratings", "DataTypeFP32", { imdb: {}, rt: {} }),
    describeGroup("money", "DataTypeInt64", { gross: {} }),
    describeGroup("small", "DataTypeInt8", { level: {} }),
    describeGroup("facts", "DataTypeString", { title: { string: 8 }, mpaa: { string: 5 } }),
    describeGroup("flags", "DataTypeBool", { adult: {} }),
    describeGroup("embedding", "DataTypeFP32Vector", { profile: { vector: 3 } }),
    describeGroup("labels", "DataTypeStringVector", { tags: { vector: 2, string: 4 } }),
    describeGroup("other", "DataTypeFP64", { imdb: {} }),
  ],
  faults: [],
};

export const ROUTE: EntityDescription = {
  label: "route",
  keyLabels: ["origin", "destination"],
  groups: [describeGroup("counts", "DataTypeInt32", { flights: {} })],
  faults: [],
};

export const filmIndex = new EntityIndex(FILM);
export const routeIndex = new EntityIndex(ROUTE);
