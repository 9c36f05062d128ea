import { type DataType, dataTypeByName } from "@ofs/codec";
import { NameSet } from "./group-place.ts";
import { defineNewFeatures, type SourcedFeature } from "./new-features.ts";
import type { NewFeaturePayload, Payloads } from "./payloads.ts";
import type { Problems } from "./problems.ts";

type Payload = Payloads["feature-group"];

/** @throws {Error} for a name that the payload's schema should have refused */
export function dataTypeOf(payload: Payload): DataType {
  const dataType = dataTypeByName(payload["data-type"]);
  if (dataType === undefined) throw new Error(`data type ${payload["data-type"]} was not refused`);
  return dataType;
}

/** Features of a new group; rows that nobody filled in are left out. */
export function defineFirstFeatures(
  payload: Payload,
  problems: Problems,
): readonly SourcedFeature[] {
  const named = [...payload.features.entries()].flatMap(([index, feature]) => {
    if (feature.labels !== "") return [{ index, feature }];
    if (!isBlank(feature)) problems.invalid(`features.${index}.labels`, '"" is empty');
    return [];
  });
  return defineNewFeatures(named, dataTypeOf(payload), new NameSet(), problems);
}

/** A row of a form that nobody filled in. */
function isBlank(feature: NewFeaturePayload): boolean {
  return (
    feature["default-values"] === "" &&
    feature["source-base-path"] === "" &&
    feature["source-data-column"] === "" &&
    feature["string-length"] === 0 &&
    feature["vector-length"] === 0
  );
}
