import type { RowColumn, RowEntity, RowGroup } from "./rows.ts";

/** What the code is about. */
export interface RowSnippetTarget {
  /** `http://host:port` of the feature store. */
  readonly address: string;
  /** `host:port` of a Kafka server. */
  readonly broker: string;
  readonly entity: Pick<RowEntity, "columns" | "primaryKeys">;
  readonly group: Pick<RowGroup, "name" | "version" | "columns">;
  /** undefined: rows of the group go to none. */
  readonly topic: string | undefined;
}

export interface RowSnippet {
  readonly language: string;
  /** What it needs. */
  readonly note: string;
  readonly write: string;
  /** undefined: it cannot. */
  readonly read: string | undefined;
}

/** Columns that code names: more are easily added by hand. */
const COLUMNS_MAX = 8;

/** JSON of a value of each type; types that are not here are those of an imported database. */
const EXAMPLES: Readonly<Record<string, string>> = {
  BIGINT: "42",
  BLOB: '"AQID"',
  BOOLEAN: "true",
  DECIMAL: "1.50",
  DOUBLE: "0.5",
  FLOAT: "0.5",
  INET: '"192.0.2.1"',
  INT: "42",
  TIMESTAMP: "1767225600000",
  TIMEUUID: '"0b4d8a60-e0a6-11f0-8de9-0242ac120002"',
  UUID: '"7c9e6679-7425-40de-944b-e07fc1f90ae7"',
  VARINT: "42",
};

/** Code that writes and reads one version of a feature group, ready to be run. */
export function rowSnippetsFor(target: RowSnippetTarget): RowSnippet[] {
  const own = target.group.columns.slice(0, COLUMNS_MAX);
  const keys = target.entity.primaryKeys.map(
    (key): Example =>
      exampleOf(
        target.entity.columns.find(({ name }) => name === key),
        key,
      ),
  );
  const parts: Parts = {
    ...target,
    keys,
    values: own.map((column) => exampleOf(column, column.name)),
  };
  const snippets = [curl(parts), typescript(parts), python(parts)];
  return target.topic === undefined ? snippets : [...snippets, kafka(parts, target.topic)];
}

interface Example {
  readonly name: string;
  readonly json: string;
}

interface Parts extends RowSnippetTarget {
  readonly keys: readonly Example[];
  readonly values: readonly Example[];
}

function exampleOf(column: RowColumn | undefined, name: string): Example {
  return { name, json: EXAMPLES[column?.type ?? ""] ?? '"a"' };
}

function names(examples: readonly Example[]): string {
  return `[${examples.map(({ name }) => JSON.stringify(name)).join(", ")}]`;
}

function jsons(examples: readonly Example[]): string {
  return `[${examples.map(({ json }) => json).join(", ")}]`;
}

function writeBody({ group, keys, values }: Parts): string {
  const all = [...keys, ...values];
  return `{
  "featureGroupName": ${JSON.stringify(group.name)},
  "featureGroupVersion": ${JSON.stringify(group.version)},
  "features": {
    "names": ${names(all)},
    "values": [${jsons(all)}]
  }
}`;
}

function readBody({ group, keys, values }: Parts): string {
  return `{
  "featureGroupName": ${JSON.stringify(group.name)},
  "featureGroupVersion": ${JSON.stringify(group.version)},
  "featureColumns": ${names(values)},
  "primaryKeys": {
    "names": ${names(keys)},
    "values": [${jsons(keys)}]
  }
}`;
}

function curl(parts: Parts): RowSnippet {
  const command = (path: string, body: string): string => `curl -sS --fail-with-body \\
  -H 'content-type: application/json' \\
  -d '${shell(body)}' \\
  '${shell(parts.address)}${path}'`;
  return {
    language: "curl",
    note: "For an api-server with ROW_ENABLED=true.",
    write: command("/v1/feature-group/write", writeBody(parts)),
    read: command("/v1/feature-group/read", readBody(parts)),
  };
}

function typescript(parts: Parts): RowSnippet {
  const call = (path: string, body: string): string => `const response = await fetch(
  ${JSON.stringify(`${parts.address}${path}`)},
  {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(${indent(body, 4)}),
    signal: AbortSignal.timeout(1000),
  },
);
const { data, error } = await response.json();
if (!response.ok) throw new Error(\`\${error.code}: \${error.message}\`);
`;
  return {
    language: "TypeScript",
    note: "Whole numbers beyond 2^53 lose digits in JSON.parse: read them with a parser that keeps them.",
    write: `${call("/v1/feature-group/write", writeBody(parts))}console.log(data.failedRows);`,
    read: `${call("/v1/feature-group/read", readBody(parts))}console.log(data.successfulKeys);`,
  };
}

function python(parts: Parts): RowSnippet {
  const call = (path: string, body: string): string => `import requests

response = requests.post(
    ${JSON.stringify(`${parts.address}${path}`)},
    json=${indent(pythonLiteral(body), 4)},
    timeout=1,
)
answer = response.json()
if response.status_code != 200:
    raise RuntimeError(answer["error"]["code"] + ": " + answer["error"]["message"])
`;
  return {
    language: "Python",
    note: "Needs requests. Darwin's own package darwin_fs works, too: its read_features and write_features_sync make the same calls.",
    write: `${call("/v1/feature-group/write", writeBody(parts))}print(answer["data"]["failedRows"])`,
    read: `${call("/v1/feature-group/read", readBody(parts))}print(answer["data"]["successfulKeys"])`,
  };
}

function kafka({ broker, group, keys, values }: Parts, topic: string): RowSnippet {
  const row = [...keys, ...values].map(({ name, json }) => `${JSON.stringify(name)}: ${json}`);
  const header = (name: string, value: string): string => `-H '${shell(`${name}=${value}`)}'`;
  return {
    language: "Kafka",
    note: "One row a message, as the Spark client sends them. Rows that cannot be stored become dead letters.",
    write: `echo '${shell(`{${row.join(", ")}}`)}' | kcat -P -b '${shell(broker)}' -t '${shell(topic)}' \\
  ${header("sdk-version", "v2")} \\
  ${header("feature-group-name", group.name)} \\
  ${header("feature-group-version", group.version)}`,
    read: undefined,
  };
}

/** JSON's words for truth are not Python's. They are whole values here, and never part of a text. */
function pythonLiteral(json: string): string {
  return json.replaceAll(/\btrue\b(?=[\],])/g, "True");
}

/** All lines but the first. */
function indent(text: string, spaces: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(spaces)}`);
}

/** Inside single quotes. */
function shell(text: string): string {
  return text.replaceAll("'", "'\\''");
}
