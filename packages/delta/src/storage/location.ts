import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DeltaError } from "../errors.ts";

/** Where a table or a file is. */
export type Location =
  | { readonly scheme: "file"; readonly path: string }
  | { readonly scheme: "s3"; readonly bucket: string; readonly key: string };

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
const S3_URL = /^s3a?:\/\/([^/]+)(?:\/(.*))?$/is;

/** True for an absolute path with a scheme, as shallow clones have them. */
export function hasScheme(path: string): boolean {
  return /^(?:s3a?:\/\/|file:\/)/i.test(path);
}

/**
 * @param location as users write it: local path, `file:` URL, `s3://` or `s3a://`
 * @throws {DeltaError} INVALID_ARGUMENT
 */
export function parseLocation(location: string): Location {
  const scheme = SCHEME.exec(location)?.[1]?.toLowerCase();
  if (scheme === undefined || !/^\w+:\//.test(location)) {
    if (location === "") throw new DeltaError("INVALID_ARGUMENT", "the location is empty");
    return { scheme: "file", path: resolve(location) };
  }
  if (scheme === "file") return { scheme, path: filePath(location) };
  return s3Location(location);
}

/** @param path of the log, decoded, with a scheme */
export function parseAbsolutePath(path: string): Location {
  if (!/^file:/i.test(path)) return s3Location(path);
  // Not an URL any more: `%` and `#` in it are themselves.
  return { scheme: "file", path: resolve(path.slice("file:".length).replace(/^\/{2,3}/, "/")) };
}

function s3Location(location: string): Location {
  const match = S3_URL.exec(location);
  if (match === null) {
    const known = "a local path, file:, s3:// or s3a://";
    throw new DeltaError("INVALID_ARGUMENT", `location ${location} is not ${known}`);
  }
  return { scheme: "s3", bucket: match[1] ?? "", key: (match[2] ?? "").replace(/\/+$/, "") };
}

function filePath(url: string): string {
  try {
    // Hadoop writes `file:/path`.
    return resolve(fileURLToPath(url));
  } catch (cause) {
    throw new DeltaError("INVALID_ARGUMENT", `location ${url} is no file: ${String(cause)}`, {
      cause,
    });
  }
}

/** @throws {DeltaError} INVALID_ARGUMENT for a relative path that leaves the table */
export function requireInside(path: string): string {
  const parts = path.split("/");
  if (!path.startsWith("/") && !parts.includes("..") && !parts.includes(".")) return path;
  throw new DeltaError("INVALID_ARGUMENT", `path ${path} in the log is not inside the table`);
}
