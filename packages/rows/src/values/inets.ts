import { bufferOf, compareUnsigned } from "./buffers.ts";
import type { CellBytes } from "./cell-bytes.ts";
import { badBytes, wrongKind } from "./faults.ts";
import type { ValueType } from "./value-type.ts";

const V4_SIZE = 4;
const V6_SIZE = 16;
const GROUP_COUNT = 8;

/** Longest text of an address: six groups and an IPv4 address. */
const TEXT_LENGTH_MAX = 45;

const OCTET = /^(?:0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

/** What stands before an IPv4 address that is written as an IPv6 one. */
const MAPPED_PREFIX = Buffer.from("00000000000000000000ffff", "hex");

/** Addresses of 4 or 16 bytes. Names of hosts are none: nothing is ever looked up. */
export const INET: ValueType = {
  encode: (value) => {
    const bytes = typeof value === "string" ? parseAddress(value) : undefined;
    return bytes ?? wrongKind("INET", value);
  },
  decode: (bytes) => {
    const address = withoutMapping(bufferOf(bytes));
    if (address.length === V4_SIZE) return `"${address.join(".")}"`;
    if (address.length === V6_SIZE) return `"${groupsOf(address).join(":")}"`;
    throw badBytes("INET", bytes);
  },
  compare: compareUnsigned,
};

function parseAddress(text: string): CellBytes | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  if (!text.includes(":")) return bytesOf(parseV4(text));
  const bytes = bytesOf(parseV6(text));
  return bytes === undefined ? undefined : withoutMapping(bytes);
}

function bytesOf(numbers: readonly number[] | undefined): Buffer | undefined {
  return numbers === undefined ? undefined : Buffer.from(numbers);
}

/** @returns four bytes */
function parseV4(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== V4_SIZE) return undefined;
  const bytes = parts.map((part) => (OCTET.test(part) ? Number(part) : Number.NaN));
  return bytes.every((byte) => byte <= 0xff) ? bytes : undefined;
}

/** @returns sixteen bytes */
function parseV6(text: string): number[] | undefined {
  const halves = text.split("::");
  const [head, tail] = halves.map(parseGroups);
  if (halves.length === 1) return head?.length === V6_SIZE ? head : undefined;
  if (halves.length !== 2 || head === undefined || tail === undefined) return undefined;
  // Two colons stand for one group of zeros at least, and an IPv4 address only at the very end.
  const gap = V6_SIZE - head.length - tail.length;
  if (gap < 2 || halves[0]?.includes(".")) return undefined;
  return [...head, ...new Array<number>(gap).fill(0), ...tail];
}

/** Groups between colons, the last of which may be an IPv4 address. @returns two bytes a group */
function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  if (groups.length > GROUP_COUNT) return undefined;
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const isLast = index === groups.length - 1;
    const found = isLast && group.includes(".") ? parseV4(group) : parseGroup(group);
    if (found === undefined) return undefined;
    bytes.push(...found);
  }
  return bytes;
}

function parseGroup(group: string): number[] | undefined {
  if (!GROUP.test(group)) return undefined;
  const number = Number.parseInt(group, 16);
  return [number >> 8, number & 0xff];
}

/** An IPv4 address that is written as an IPv6 one is an IPv4 address. */
function withoutMapping(address: Buffer): Buffer {
  const isMapped =
    address.length === V6_SIZE && address.subarray(0, MAPPED_PREFIX.length).equals(MAPPED_PREFIX);
  return isMapped ? address.subarray(MAPPED_PREFIX.length) : address;
}

function groupsOf(address: Buffer): string[] {
  const groups: string[] = [];
  for (let index = 0; index < V6_SIZE; index += 2) {
    groups.push(address.readUInt16BE(index).toString(16));
  }
  return groups;
}
