import { type DataType, normalizeDefault, parseDefault, ValueError } from "@ofs/codec";
import { UINT16_MAX } from "../parse/feature-schema.ts";
import { parseInteger, quote } from "../parse/fields.ts";
import { type AuthorMap, type AuthorValue, TreeFileError } from "./author-value.ts";

/** The three values of `features/<version>`. */
export interface FeatureListLeaves {
  readonly labels: string;
  readonly featureMeta: string;
  readonly defaultValues: string;
}

const MEMBERS = ["default", "vector-length", "string-length"] as const;
type Member = (typeof MEMBERS)[number];

/**
 * Expands features written as `label: { default: 0.5, vector-length: 3, string-length: 16 }`, in the
 * order of their sequence, to what the tree holds.
 *
 * @throws {TreeFileError}
 */
export function expandFeatureList(
  list: AuthorMap,
  path: string,
  dataType: DataType,
): FeatureListLeaves {
  assertOrdered(list, path);
  const meta: string[] = [];
  const texts: string[] = [];
  for (const [label, value] of list.members) {
    const labelPath = `${path}/${label}`;
    assertLabel(label, labelPath);
    const members = readMembers(value, labelPath);
    const lengths = {
      vectorLength: readLength(members, "vector-length", labelPath, dataType.isVector),
      stringLength: readLength(members, "string-length", labelPath, dataType.kind === "string"),
    };
    const text = formatDefault(members.get("default"), `${labelPath}/default`);
    const bytes = defaultBytes(dataType, text, lengths, `${labelPath}/default`);
    const described = {
      sequence: texts.length,
      "default-value": Buffer.from(bytes).toString("base64"),
      "string-length": lengths.stringLength,
      "vector-length": lengths.vectorLength,
    };
    // Joined by hand: an object would move labels that look like numbers to the front.
    meta.push(`${JSON.stringify(label)}:${JSON.stringify(described)}`);
    texts.push(text ?? "");
  }
  return {
    labels: [...list.members.keys()].join(","),
    featureMeta: `{${meta.join(",")}}`,
    defaultValues: texts.join(","),
  };
}

/** JSON objects do not keep the place of members that look like numbers. */
function assertOrdered(list: AuthorMap, path: string): void {
  const labels = [...list.members.keys()];
  if (labels.length === 0) throw new TreeFileError(path, "has no features");
  const number = labels.find((label) => /^\d+$/.test(label));
  if (number === undefined || labels.length === 1) return;
  const reason = `label ${quote(number)} is a number, whose place in the list is not kept: write labels and feature-meta`;
  throw new TreeFileError(path, reason);
}

function assertLabel(label: string, path: string): void {
  if (label === "" || /[,@/]/.test(label)) {
    throw new TreeFileError(path, `${quote(label)} is not a label: it is empty or holds , @ or /`);
  }
}

function readMembers(value: AuthorValue, path: string): ReadonlyMap<string, AuthorValue> {
  if (value.kind === "none") return new Map();
  if (value.kind !== "map") {
    throw new TreeFileError(path, `is not a mapping of ${MEMBERS.join(", ")}`);
  }
  const unknown = [...value.members.keys()].find((name) => !MEMBERS.includes(name as Member));
  if (unknown === undefined) return value.members;
  throw new TreeFileError(path, `${quote(unknown)} is not one of ${MEMBERS.join(", ")}`);
}

function readLength(
  members: ReadonlyMap<string, AuthorValue>,
  name: Member,
  path: string,
  isRequired: boolean,
): number {
  const value = members.get(name);
  if (value === undefined || value.kind === "none") {
    if (!isRequired) return 0;
    throw new TreeFileError(`${path}/${name}`, "is missing for this data type");
  }
  const length = value.kind === "scalar" ? parseInteger(value.text) : undefined;
  const min = isRequired ? 1 : 0;
  if (length !== undefined && length >= min && length <= UINT16_MAX) return length;
  const shown = value.kind === "scalar" ? quote(value.text) : `a ${value.kind}`;
  throw new TreeFileError(
    `${path}/${name}`,
    `${shown} is not an integer from ${min} to ${UINT16_MAX}`,
  );
}

/** @returns the text form of a default: vectors as `[a,b,c]` */
function formatDefault(value: AuthorValue | undefined, path: string): string | undefined {
  if (value === undefined || value.kind === "none") return undefined;
  if (value.kind === "scalar") return value.text;
  if (value.kind === "map") throw new TreeFileError(path, "is neither a scalar nor a list");
  const items = value.items.map((item) => {
    if (item.kind === "scalar") return item.text;
    throw new TreeFileError(path, "holds something that is not a scalar");
  });
  return `[${items.join(",")}]`;
}

function defaultBytes(
  dataType: DataType,
  text: string | undefined,
  lengths: { readonly vectorLength: number; readonly stringLength: number },
  path: string,
): Uint8Array {
  if (text === undefined) {
    return normalizeDefault(dataType, undefined, lengths.vectorLength, lengths.stringLength).bytes;
  }
  try {
    return parseDefault(dataType, text, lengths);
  } catch (cause) {
    if (!(cause instanceof ValueError)) throw cause;
    throw new TreeFileError(path, `${quote(text)}: ${cause.message}`, { cause });
  }
}
