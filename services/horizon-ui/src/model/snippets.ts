import { isStringType, isVectorType } from "./data-types.ts";

/** What the code is about. */
export interface SnippetTarget {
  /** `host:port` of the feature store. */
  readonly address: string;
  readonly callerId: string;
  readonly entity: string;
  /** Names of the entity's keys, in order. */
  readonly keys: readonly string[];
  readonly group: string;
  readonly dataType: string;
  readonly features: readonly { readonly label: string; readonly vectorLength: number }[];
}

export interface Snippet {
  readonly language: string;
  /** Where the clients come from. */
  readonly note: string;
  readonly read: string;
  readonly write: string;
}

/** Elements of an example vector that are written out where the language can say it shorter. */
const MAX_ELEMENTS = 16;
/** Features that code names: more are easily added by hand. */
const MAX_FEATURES = 8;

const PROTO_NOTE =
  "Stubs are generated from proto/retrieve.proto and proto/persist.proto of this repository";
const TOKEN_NOTE = "OFS_TOKEN holds the client's token";

/** Code that reads and writes one group, ready to be run. */
export function snippetsFor(target: SnippetTarget): Snippet[] {
  const shown = { ...target, features: target.features.slice(0, MAX_FEATURES) };
  return [typescript(shown), python(shown), go(shown), grpcurl(shown), curl(shown)];
}

function typescript(target: SnippetTarget): Snippet {
  const { address, callerId, entity, group } = target;
  const keys = object(target.keys.map((key) => [key, JSON.stringify("42")]));
  const values = object(
    target.features.map(({ label, vectorLength }) => [
      label,
      literal(target.dataType, vectorLength),
    ]),
  );
  const client = `import { createClient } from "@ofs/client";

const client = createClient({
  address: ${JSON.stringify(address)},
  callerId: ${JSON.stringify(callerId)},
  callerToken: process.env.OFS_TOKEN ?? "",
});
`;
  return {
    language: "TypeScript",
    note: `${TOKEN_NOTE}.`,
    read: `${client}
const { rows } = await client.retrieve({
  entity: ${JSON.stringify(entity)},
  keys: [${keys}],
  features: { ${JSON.stringify(group)}: ${list(labelsOf(target))} },
});
console.log(rows[0]?.values[${JSON.stringify(group)}]);
client.close();`,
    write: `${client}
await client.persist({
  entity: ${JSON.stringify(entity)},
  rows: [{ keys: ${keys}, values: { ${JSON.stringify(group)}: ${values} } }],
});
client.close();`,
  };
}

function python(target: SnippetTarget): Snippet {
  const { address, callerId, entity, group, keys } = target;
  const head = (service: "retrieve" | "persist"): string => `import os

import grpc
import ${service}_pb2
import ${service}_pb2_grpc

channel = grpc.insecure_channel(${JSON.stringify(address)})
stub = ${service}_pb2_grpc.FeatureServiceStub(channel)
metadata = [
    ("online-feature-store-caller-id", ${JSON.stringify(callerId)}),
    ("online-feature-store-auth-token", os.environ["OFS_TOKEN"]),
]
`;
  return {
    language: "Python",
    note: `${PROTO_NOTE} with grpc_tools.protoc. ${TOKEN_NOTE}.`,
    read: `${head("retrieve")}
query = retrieve_pb2.Query(
    entity_label=${JSON.stringify(entity)},
    feature_groups=[retrieve_pb2.FeatureGroup(label=${JSON.stringify(group)}, feature_labels=${list(labelsOf(target))})],
    keys_schema=${list(keys)},
    keys=[retrieve_pb2.Keys(cols=${list(exampleKeys(keys))})],
)
print(stub.RetrieveDecodedResult(query, metadata=metadata, timeout=1))`,
    write: `${head("persist")}
query = persist_pb2.Query()
query.entity_label = ${JSON.stringify(entity)}
query.keys_schema.extend(${list(keys)})
query.feature_group_schema.add(label=${JSON.stringify(group)}, feature_labels=${list(labelsOf(target))})
row = query.data.add(key_values=${list(exampleKeys(keys))})
values = row.feature_values.add().values
${pythonValues(target)}
print(stub.PersistFeatures(query, metadata=metadata, timeout=1))`,
  };
}

function pythonValues(target: SnippetTarget): string {
  const { features, dataType } = target;
  const field = valueField(dataType);
  const python = (text: string): string => text.replaceAll("true", "True");
  if (!isVectorType(dataType)) {
    const all = features.map(() => scalarJson(dataType));
    return `values.${field}.extend([${python(all.join(", "))}])`;
  }
  return features
    .map(({ label, vectorLength }) => {
      const elements =
        vectorLength > MAX_ELEMENTS
          ? `[${python(scalarJson(dataType))}] * ${vectorLength}`
          : `[${python(elementsJson(dataType, vectorLength).join(", "))}]`;
      return `values.vector.add().values.${field}.extend(${elements})  # ${label}`;
    })
    .join("\n");
}

function go(target: SnippetTarget): Snippet {
  const { address, callerId, entity, group, keys } = target;
  const strings = (texts: readonly string[]): string =>
    `[]string{${texts.map((text) => JSON.stringify(text)).join(", ")}}`;
  const head = (service: "retrieve" | "persist"): string => `package main

import (
	"context"
	"log"
	"os"
	"time"

	"example.com/yours/${service}"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

func main() {
	conn, err := grpc.NewClient(${JSON.stringify(address)}, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx,
		"online-feature-store-caller-id", ${JSON.stringify(callerId)},
		"online-feature-store-auth-token", os.Getenv("OFS_TOKEN"))
	client := ${service}.NewFeatureServiceClient(conn)
`;
  const tail = `	if err != nil {
		log.Fatal(err)
	}
	log.Println(answer)
}`;
  return {
    language: "Go",
    note: `${PROTO_NOTE} with protoc-gen-go and protoc-gen-go-grpc. ${TOKEN_NOTE}.`,
    read: `${head("retrieve")}	answer, err := client.RetrieveDecodedResult(ctx, &retrieve.Query{
		EntityLabel:   ${JSON.stringify(entity)},
		FeatureGroups: []*retrieve.FeatureGroup{{Label: ${JSON.stringify(group)}, FeatureLabels: ${strings(labelsOf(target))}}},
		KeysSchema:    ${strings(keys)},
		Keys:          []*retrieve.Keys{{Cols: ${strings(exampleKeys(keys))}}},
	})
${tail}`,
    write: `${head("persist")}	answer, err := client.PersistFeatures(ctx, &persist.Query{
		EntityLabel: ${JSON.stringify(entity)},
		KeysSchema:  ${strings(keys)},
		FeatureGroupSchema: []*persist.FeatureGroupSchema{
			{Label: ${JSON.stringify(group)}, FeatureLabels: ${strings(labelsOf(target))}},
		},
		Data: []*persist.Data{{
			KeyValues:     ${strings(exampleKeys(keys))},
			FeatureValues: []*persist.FeatureValues{{Values: ${goValues(target)}}},
		}},
	})
${tail}`,
  };
}

function goValues({ features, dataType }: SnippetTarget): string {
  const field = valueField(dataType);
  const name = field.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const slice = (elements: readonly string[]): string =>
    `&persist.Values{${name}: []${goType(field)}{${elements.join(", ")}}}`;
  if (!isVectorType(dataType)) return slice(features.map(() => scalarJson(dataType)));
  const vectors = features.map(
    ({ vectorLength }) => `{Values: ${slice(elementsJson(dataType, vectorLength))}}`,
  );
  return `&persist.Values{Vector: []*persist.Vector{${vectors.join(", ")}}}`;
}

function goType(field: string): string {
  const [kind = ""] = field.split("_");
  return kind.startsWith("fp") ? "float64" : kind;
}

function grpcurl(target: SnippetTarget): Snippet {
  const command = (body: unknown, method: string): string => `grpcurl -plaintext \\
  ${credentials(target)} \\
  -d '${shell(JSON.stringify(body))}' \\
  '${shell(target.address)}' ${method}`;
  return {
    language: "grpcurl",
    note: `The server tells its schema by reflection. ${TOKEN_NOTE}.`,
    read: command(readBody(target), "retrieve.FeatureService/RetrieveDecodedResult"),
    write: command(writeBody(target), "persist.FeatureService/PersistFeatures"),
  };
}

function curl(target: SnippetTarget): Snippet {
  const command = (body: unknown, path: string): string => `curl -sS --fail-with-body \\
  -H 'content-type: application/json' \\
  ${credentials(target)} \\
  -d '${shell(JSON.stringify(body))}' \\
  'http://${shell(target.address)}/api/v1/features/${path}'`;
  return {
    language: "curl",
    note: `For an api-server with ENABLE_HTTP_API=true. ${TOKEN_NOTE}.`,
    read: command(readBody(target), "retrieve/decoded"),
    write: command(writeBody(target), "persist"),
  };
}

/** Headers for the command line. */
function credentials({ callerId }: SnippetTarget): string {
  return `-H 'online-feature-store-caller-id: ${shell(callerId)}' -H "online-feature-store-auth-token: $OFS_TOKEN"`;
}

/** `retrieve.Query` as JSON. */
function readBody(target: SnippetTarget): unknown {
  return {
    entity_label: target.entity,
    feature_groups: [{ label: target.group, feature_labels: labelsOf(target) }],
    keys_schema: target.keys,
    keys: [{ cols: exampleKeys(target.keys) }],
  };
}

/** `persist.Query` as JSON. */
function writeBody(target: SnippetTarget): unknown {
  const { entity, group, keys, dataType, features } = target;
  const field = valueField(dataType);
  const values = isVectorType(dataType)
    ? {
        vector: features.map(({ vectorLength }) => ({
          values: { [field]: elementsJson(dataType, vectorLength).map(parse) },
        })),
      }
    : { [field]: features.map(() => parse(scalarJson(dataType))) };
  return {
    entity_label: entity,
    keys_schema: keys,
    feature_group_schema: [{ label: group, feature_labels: labelsOf(target) }],
    data: [{ key_values: exampleKeys(keys), feature_values: [{ values }] }],
  };
}

/** Which field of `persist.Values` holds values of a data type, or the elements of its vectors. */
export function valueField(dataType: string): string {
  const name = dataType.replace(/^DataType/, "").replace(/Vector$/, "");
  if (name === "FP64") return "fp64_values";
  if (name.startsWith("FP")) return "fp32_values";
  if (name === "Bool" || name === "String") return `${name.toLowerCase()}_values`;
  const signed = name.startsWith("Uint") ? "uint" : "int";
  return `${signed}${name.endsWith("64") ? "64" : "32"}_values`;
}

function scalarJson(dataType: string): string {
  if (dataType.startsWith("DataTypeBool")) return "true";
  if (isStringType(dataType)) return '"a"';
  return dataType.startsWith("DataTypeFP") ? "0.5" : "1";
}

function elementsJson(dataType: string, vectorLength: number): string[] {
  return Array.from({ length: vectorLength }, () => scalarJson(dataType));
}

/** As the TypeScript client takes it. */
function literal(dataType: string, vectorLength: number): string {
  const suffix = /int64/i.test(dataType) ? "n" : "";
  const scalar = `${scalarJson(dataType)}${suffix}`;
  if (!isVectorType(dataType)) return scalar;
  if (vectorLength > MAX_ELEMENTS) return `Array(${vectorLength}).fill(${scalar})`;
  return `[${elementsJson(dataType, vectorLength)
    .map((element) => `${element}${suffix}`)
    .join(", ")}]`;
}

function labelsOf({ features }: SnippetTarget): string[] {
  return features.map(({ label }) => label);
}

function exampleKeys(keys: readonly string[]): string[] {
  return keys.map(() => "42");
}

function list(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}

function object(members: readonly (readonly [string, string])[]): string {
  return `{ ${members.map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(", ")} }`;
}

function parse(json: string): unknown {
  return JSON.parse(json);
}

/** Inside single quotes. */
function shell(text: string): string {
  return text.replaceAll("'", "'\\''");
}
