import type { FoundRow } from "@ofs/engine";
import type { HttpReply } from "@ofs/http";
import { type JsonObject, writeJson } from "@ofs/rows";
import { rowFailure, rowReply } from "../row-replies.ts";

/** `{"code":200,"message"}` */
export function legacySuccess(message: string): HttpReply {
  return rowReply(200, `{"code":200,"message":${JSON.stringify(message)}}`);
}

/** JSON text of a failure, with what was asked. */
export function legacyFailureToJson(echo: JsonObject, code: number, message: string): string {
  return `{"body":${writeJson(echo)},"code":${code},"message":${JSON.stringify(message)}}`;
}

export function legacyFailure(echo: JsonObject, code: number, message: string): HttpReply {
  return rowReply(code, legacyFailureToJson(echo, code, message));
}

/** @returns the status, and JSON text of the failure with what was asked */
export function legacyErrorToJson(echo: JsonObject, error: unknown): readonly [number, string] {
  const { status, message } = rowFailure(error);
  return [status, legacyFailureToJson(echo, status, message)];
}

/** JSON text of an object of what was found. @param names in the order of the row's features */
export function legacyRowToJson(names: readonly string[], { features }: FoundRow): string {
  const members = names.map((name, index) => `${JSON.stringify(name)}:${features[index]}`);
  return `{${members.join(",")}}`;
}
