import type { EntityDefinition, GroupMetadata } from "@ofs/rows";

/** Code that reads features, for one kind of caller. */
export interface CodeSnippet {
  readonly name: string;
  readonly value: string;
}

/** Stands for a value that the reader of the code puts in. */
const VALUE = "...";

/**
 * Code that reads columns of one version: over HTTP, from Python, and from what was written offline.
 *
 * @param columns at least one
 */
export function codeSnippets(
  group: GroupMetadata,
  { primaryKeys }: EntityDefinition,
  columns: readonly string[],
): CodeSnippet[] {
  const request = {
    featureGroupName: group.name,
    featureGroupVersion: group.version,
    featureColumns: columns,
    primaryKeys: { names: primaryKeys, values: [primaryKeys.map(() => VALUE)] },
  };
  const offline: CodeSnippet = { name: "Spark", value: sparkCode(group, columns) };
  if (group.featureGroupType === "OFFLINE") return [offline];
  return [
    { name: "Python", value: pythonCode(request) },
    { name: "curl", value: curlCode(request) },
    offline,
  ];
}

function pythonCode(request: object): string {
  return [
    "import requests",
    "",
    "answer = requests.get(",
    '    f"{OFS_HOST}/feature-group/read-features",',
    `    json=${JSON.stringify(request)},`,
    "    timeout=5,",
    ")",
    "answer.raise_for_status()",
    'rows = answer.json()["data"]["successfulKeys"]',
  ].join("\n");
}

function curlCode(request: object): string {
  const body = JSON.stringify(request).replaceAll("'", "'\\''");
  return `curl --request GET "$OFS_HOST/feature-group/read-features" --data '${body}'`;
}

function sparkCode({ name, version }: GroupMetadata, columns: readonly string[]): string {
  const place = [name, version].map((text) => JSON.stringify(text)).join(", ");
  const selected = columns.map((column) => JSON.stringify(column)).join(", ");
  return [
    "from darwin_fs import *",
    "",
    `frame = read_offline_features(spark, ${place}).select(${selected})`,
  ].join("\n");
}
