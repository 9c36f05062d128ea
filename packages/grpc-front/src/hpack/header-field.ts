/** What a header is to this server, found once when the header is first seen. */
export const HeaderKind = {
  other: 0,
  method: 1,
  scheme: 2,
  path: 3,
  authority: 4,
  contentType: 5,
  timeout: 6,
  encoding: 7,
  contentLength: 8,
  /** Any other pseudo header. */
  unknownPseudo: 9,
  /** A name or value that HTTP/2 does not allow (RFC 9113, 8.2). */
  malformed: 10,
} as const;

export type HeaderKind = (typeof HeaderKind)[keyof typeof HeaderKind];

/** Added to each header's size by the rules of RFC 7541, 4.1. */
const OVERHEAD_BYTES = 32;

/** One header. Those in a header table are shared by many requests. */
export class HeaderField {
  readonly name: string;
  readonly value: string;
  readonly kind: HeaderKind;
  /** As header tables and lists count it. */
  readonly sizeBytes: number;

  /** @param name,value one character for each byte */
  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
    this.kind = kindOf(name, value);
    this.sizeBytes = name.length + value.length + OVERHEAD_BYTES;
  }
}

const KIND_BY_NAME: ReadonlyMap<string, HeaderKind> = new Map([
  [":method", HeaderKind.method],
  [":scheme", HeaderKind.scheme],
  [":path", HeaderKind.path],
  [":authority", HeaderKind.authority],
  ["content-type", HeaderKind.contentType],
  ["grpc-timeout", HeaderKind.timeout],
  ["grpc-encoding", HeaderKind.encoding],
  ["content-length", HeaderKind.contentLength],
  // They speak of the connection, which HTTP/2 does by other means.
  ["connection", HeaderKind.malformed],
  ["proxy-connection", HeaderKind.malformed],
  ["keep-alive", HeaderKind.malformed],
  ["transfer-encoding", HeaderKind.malformed],
  ["upgrade", HeaderKind.malformed],
]);

/** Characters of names, by code: those of tokens without capitals. */
const IN_NAMES = nameCharacters();

function kindOf(name: string, value: string): HeaderKind {
  if (hasForbiddenCharacter(value)) return HeaderKind.malformed;
  const kind = KIND_BY_NAME.get(name);
  if (kind !== undefined) return kind;
  if (name === "te") return value === "trailers" ? HeaderKind.other : HeaderKind.malformed;
  if (name.charCodeAt(0) === 0x3a) return HeaderKind.unknownPseudo;
  return isName(name) ? HeaderKind.other : HeaderKind.malformed;
}

function hasForbiddenCharacter(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code === 0 || code === 10 || code === 13) return true;
  }
  return false;
}

function isName(name: string): boolean {
  if (name.length === 0) return false;
  for (let index = 0; index < name.length; index += 1) {
    if (IN_NAMES[name.charCodeAt(index)] !== 1) return false;
  }
  return true;
}

function nameCharacters(): Uint8Array {
  const allowed = new Uint8Array(256);
  for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
    allowed[character.charCodeAt(0)] = 1;
  }
  return allowed;
}
