import { persist, retrieve } from "@ofs/proto";
import { InvalidBodyError } from "./invalid-body-error.ts";
import { JsonObject } from "./json-object.ts";
import { parseJson } from "./parse-json.ts";

/*
 * Requests of the HTTP mirror: JSON with the snake_case names of the messages, unknown fields ignored.
 */

/** @returns an encoded `retrieve.Query` @throws {InvalidBodyError} */
export function retrieveQueryFromJson(text: string): Uint8Array {
  const body = new JsonObject(parseJson(text));
  const query: retrieve.Query.$Properties = {
    entityLabel: body.text("entity_label"),
    featureGroups: body.objects("feature_groups").map(featureGroup),
    keysSchema: body.texts("keys_schema"),
    keys: body.objects("keys").map((key) => ({ cols: key.texts("cols") })),
  };
  return retrieve.Query.encode(query).finish();
}

/** @returns an encoded `persist.Query` @throws {InvalidBodyError} */
export function persistQueryFromJson(text: string): Uint8Array {
  return persistQueryOf(new JsonObject(parseJson(text)));
}

/** @returns an encoded `persist.Query` @throws {InvalidBodyError} */
export function persistQueryOf(body: JsonObject): Uint8Array {
  const query: persist.Query.$Properties = {
    entityLabel: body.text("entity_label"),
    keysSchema: body.texts("keys_schema"),
    featureGroupSchema: body.objects("feature_group_schema").map(featureGroup),
    data: body.objects("data").map((row) => ({
      keyValues: row.texts("key_values"),
      featureValues: row.objects("feature_values").map(holderOfValues),
    })),
  };
  return persist.Query.encode(query).finish();
}

function featureGroup(group: JsonObject): { label: string; featureLabels: string[] } {
  return { label: group.text("label"), featureLabels: group.texts("feature_labels") };
}

function holderOfValues(holder: JsonObject): persist.FeatureValues.$Properties {
  const values = holder.object("values");
  if (values === undefined) return {};
  const vector = values.objects("vector").map(vectorElement);
  return { values: { ...scalars(values), vector } };
}

function vectorElement(element: JsonObject): persist.Vector.$Properties {
  const values = element.object("values");
  if (values === undefined) return {};
  if (values.has("vector")) {
    throw new InvalidBodyError(`${values.pathOf("vector")}: vectors do not nest`);
  }
  return { values: scalars(values) };
}

function scalars(values: JsonObject): persist.Values.$Properties {
  return {
    fp32Values: values.doubles("fp32_values"),
    fp64Values: values.doubles("fp64_values"),
    int32Values: values.int32s("int32_values"),
    int64Values: values.int64s("int64_values"),
    uint32Values: values.uint32s("uint32_values"),
    uint64Values: values.uint64s("uint64_values"),
    stringValues: values.texts("string_values"),
    boolValues: values.flags("bool_values"),
  };
}
