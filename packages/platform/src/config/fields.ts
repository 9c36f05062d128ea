import { z } from "zod";
import { LOG_LEVELS, type LogLevel } from "../logger.ts";

/** Any number of characters; `is required` where it is missing. */
export function text(): z.ZodType<string> {
  return z.string({ error: "is required" });
}

/** A whole number. @param max inclusive */
export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const message =
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number from ${min}`
      : `must be a whole number from ${min} to ${max}`;
  return text()
    .refine((value) => /^-?\d{1,16}$/.test(value) && isWithin(Number(value), min, max), message)
    .transform(Number);
}

/** A TCP port; 0 lets the system choose one. */
export function port(): z.ZodType<number> {
  return integer(0, 65_535);
}

/** `true` or `false`, also `1`/`0`, `yes`/`no`, `on`/`off`, in any case. */
export function flag(): z.ZodType<boolean> {
  return z.stringbool({ error: "must be true or false" });
}

/** One of a few words, exactly. */
export function choice<const T extends string>(...options: readonly T[]): z.ZodType<T> {
  return z.enum(options as readonly [T, ...T[]], { error: `must be one of ${options.join(", ")}` });
}

/** Comma-separated, blanks around entries and empty entries dropped; at least one entry. */
export function list(): z.ZodType<readonly string[]> {
  return text()
    .transform((value) => splitList(value))
    .refine((entries) => entries.length > 0, "must name at least one entry");
}

/** Comma-separated configuration ids, for example `1,2`. */
export function idList(): z.ZodType<readonly number[]> {
  return list()
    .refine(
      (ids) => ids.every((id) => /^\d{1,9}$/.test(id)),
      "must be whole numbers, comma-separated",
    )
    .refine((ids) => new Set(ids.map(Number)).size === ids.length, "must name no id twice")
    .transform((ids) => ids.map(Number));
}

/** `host:port`; an IPv6 address in brackets. */
export function address(): z.ZodType<Address> {
  return text()
    .refine((value) => parseAddress(value) !== undefined, "must be host:port")
    .transform((value) => parseAddress(value) as Address);
}

/** Comma-separated `host:port`. */
export function addressList(): z.ZodType<readonly Address[]> {
  return list()
    .refine((all) => all.every(isAddress), "must be host:port, comma-separated")
    .transform((all) => all.map((one) => parseAddress(one) as Address));
}

/** A level name in any case. */
export function logLevel(): z.ZodType<LogLevel> {
  return text()
    .transform((value) => value.toUpperCase())
    .pipe(z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(", ")}` }));
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

function splitList(value: string): string[] {
  return value
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}

function isAddress(value: string): boolean {
  return parseAddress(value) !== undefined;
}

function parseAddress(value: string): Address | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(value);
  const host = match?.[1] ?? match?.[2];
  const portNumber = Number(match?.[3]);
  if (host === undefined || portNumber < 1 || portNumber > 65_535) return undefined;
  return { host, port: portNumber };
}
