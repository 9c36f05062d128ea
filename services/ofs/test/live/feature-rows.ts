import { createClient, type OfsClient } from "@ofs/client";
import { CALLER, CALLER_TOKEN } from "./live-fleet.ts";

export const ENTITY = "user";
export const GROUP = "core";
export const KEY = "id";

/** For one call on a machine that has much else to do. */
const DEADLINE_MS = 15_000;

/** Features of one group, by label. */
export type Row = Readonly<Record<string, number>>;

/** What is read or written: some features of a group. */
export interface Place {
  readonly entity: string;
  readonly group: string;
}

export const STEADY: Place = { entity: ENTITY, group: GROUP };

/** Without retries: each call that fails is seen. */
export function connect(address: string, callerId: string = CALLER): OfsClient {
  return createClient({
    address,
    callerId,
    callerToken: CALLER_TOKEN,
    deadlineMs: DEADLINE_MS,
    retry: { attempts: 1 },
  });
}

/** As clients do that know no schema: labels in, numbers out. @throws {OfsClientError} */
export async function readRow(
  client: OfsClient,
  { entity, group }: Place,
  key: string,
  labels: readonly string[],
): Promise<Row> {
  const { rows } = await client.retrieveDecodedFeatures({
    entityLabel: entity,
    featureGroups: [{ label: group, featureLabels: labels }],
    keysSchema: [KEY],
    keys: [{ cols: [key] }],
  });
  const columns = rows[0]?.columns ?? [];
  return Object.fromEntries(labels.map((label, index) => [label, Number(columns[index])]));
}

/** @throws {OfsClientError} */
export async function writeRow(
  client: OfsClient,
  { entity, group }: Place,
  key: string,
  row: Row,
): Promise<void> {
  await client.persistFeatures({
    entityLabel: entity,
    keysSchema: [KEY],
    featureGroups: [{ label: group, featureLabels: Object.keys(row) }],
    data: [{ keyValues: [key], featureValues: [{ fp32Values: Object.values(row) }] }],
  });
}

/** The same write as a message of the log. */
export function messageOf({ entity, group }: Place, key: string, row: Row): object {
  return {
    entity_label: entity,
    keys_schema: [KEY],
    feature_group_schema: [{ label: group, feature_labels: Object.keys(row) }],
    data: [
      { key_values: [key], feature_values: [{ values: { fp32_values: Object.values(row) } }] },
    ],
  };
}

export function isSameRow(left: Row, right: Row): boolean {
  const labels = Object.keys(right);
  return (
    Object.keys(left).length === labels.length &&
    labels.every((label) => left[label] === right[label])
  );
}
