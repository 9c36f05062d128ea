import { persist, retrieve } from "@ofs/proto";

/*
 * Answers of the HTTP mirror in canonical proto-JSON: camelCase, bytes in base64, default values left out.
 */

type FeatureSchema = retrieve.FeatureSchema.$Properties;

/** @param bytes an encoded `retrieve.Result` */
export function retrieveResultToJson(bytes: Uint8Array): object {
  const result = retrieve.Result.decode(bytes);
  return {
    entityLabel: result.entityLabel || undefined,
    keysSchema: unlessEmpty(result.keysSchema),
    featureSchemas: unlessEmpty((result.featureSchemas ?? []).map(featureSchema)),
    rows: unlessEmpty(
      (result.rows ?? []).map((row) => ({
        keys: unlessEmpty(row.keys),
        columns: unlessEmpty((row.columns ?? []).map(base64)),
      })),
    ),
  };
}

/** @param bytes an encoded `retrieve.DecodedResult` */
export function decodedResultToJson(bytes: Uint8Array): object {
  const result = retrieve.DecodedResult.decode(bytes);
  return {
    keysSchema: unlessEmpty(result.keysSchema),
    featureSchemas: unlessEmpty((result.featureSchemas ?? []).map(featureSchema)),
    rows: unlessEmpty(
      (result.rows ?? []).map((row) => ({
        keys: unlessEmpty(row.keys),
        columns: unlessEmpty(row.columns),
      })),
    ),
  };
}

/** @param bytes an encoded `persist.Result` */
export function persistResultToJson(bytes: Uint8Array): object {
  return { message: persist.Result.decode(bytes).message || undefined };
}

function featureSchema(schema: FeatureSchema): object {
  return {
    featureGroupLabel: schema.featureGroupLabel || undefined,
    features: unlessEmpty(
      (schema.features ?? []).map(({ label, columnIdx }) => ({
        label: label || undefined,
        columnIdx: columnIdx || undefined,
      })),
    ),
  };
}

function unlessEmpty<T>(list: readonly T[] | null | undefined): readonly T[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
