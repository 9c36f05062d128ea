import type { CallView } from "./play.ts";

/** A difference that is meant, or that does not matter. */
export interface Explanation {
  /** Kinds of calls (call-plan.ts) that show it; undefined = any. */
  readonly kinds?: readonly string[];
  readonly why: string;
  /** Fields that differ for this reason. Those not named must be equal, or have a reason of their own. */
  readonly fields: readonly (keyof CallView)[];
  applies(front: CallView, oracle: CallView): boolean;
}

/** Kinds whose messages a handler has written: those must be the same to the letter. */
const HANDLERS_OWN = new Set(["Fail", "Throw"]);

const ALL_OF_ANSWER = [
  "httpStatus",
  "contentType",
  "status",
  "message",
  "body",
  "trailers",
] as const;
const INTERNAL = "13";
const UNIMPLEMENTED = "12";

export const EXPLANATIONS: readonly Explanation[] = [
  {
    why: "grpc-js sends the text OK with status 0; the protocol makes it optional",
    fields: ["message"],
    applies: (front, oracle) => front.status === "0" && oracle.message === "OK",
  },
  {
    kinds: ["Headers"],
    why: "the first value of a header that came twice: Node joins both with a comma before grpc-js sees them",
    fields: ["body"],
    applies: (front, oracle) => sizeOf(oracle) - sizeOf(front) === ", two".length,
  },
  {
    kinds: ["odd path"],
    why: "`*` is no path of a POST: nghttp2 resets the stream, the front knows no such method",
    fields: [...ALL_OF_ANSWER, "resetCode"],
    applies: (front, oracle) => front.status === UNIMPLEMENTED && oracle.resetCode === 1,
  },
  {
    kinds: ["wrong content type"],
    why: "a request without a content type is none of gRPC's; grpc-js takes it for one",
    fields: ALL_OF_ANSWER,
    applies: (front, oracle) => front.httpStatus === "415" && oracle.status === "0",
  },
  {
    kinds: ["other HTTP method"],
    why: "gRPC's calls are POST; grpc-js does not look at the method",
    fields: ALL_OF_ANSWER,
    applies: (front, oracle) => front.httpStatus === "405" && oracle.httpStatus === "200",
  },
  {
    kinds: ["malformed timeout"],
    why: "grpc-js looks for a timeout anywhere in the text; the protocol has up to 8 digits and a unit",
    fields: ["status", "message", "body"],
    applies: (front, oracle) => front.status === INTERNAL && oracle.status === "0",
  },
  {
    kinds: ["encoding used, not named", "odd compression flag"],
    why: "a compressed flag without an encoding, or of another value, is INTERNAL; grpc-js passes the message on",
    fields: ["status", "message", "body"],
    applies: (front, oracle) => front.status === INTERNAL && oracle.status === "0",
  },
  {
    kinds: ["bytes after the message"],
    why: "what follows the message is the beginning of another: INTERNAL; grpc-js drops it",
    fields: ["status", "message", "body"],
    applies: (front, oracle) => front.status === INTERNAL && oracle.status === "0",
  },
  {
    kinds: ["cut message"],
    why: "a request that ends within its message is INTERNAL, as in grpc-go; to grpc-js it has no message",
    fields: ["status", "message"],
    applies: (front, oracle) => front.status === INTERNAL && oracle.status === UNIMPLEMENTED,
  },
];

function sizeOf({ body }: CallView): number {
  return Number.parseInt(body, 10);
}

/** @returns the fields that differ without an explanation */
export function unexplained(kind: string, front: CallView, oracle: CallView): string[] {
  const names = Object.keys(front) as (keyof CallView)[];
  const differing = names.filter((name) => front[name] !== oracle[name]);
  return differing.filter((name) => !isExplained(kind, name, front, oracle));
}

function isExplained(
  kind: string,
  field: keyof CallView,
  front: CallView,
  oracle: CallView,
): boolean {
  const isOwnText = field === "message" && !HANDLERS_OWN.has(kind);
  // What a transport says about a call that never reached a handler is its own; the code is not.
  if (isOwnText && front.status === oracle.status && front.status !== "0") return true;
  return EXPLANATIONS.some(
    ({ kinds, fields, applies }) =>
      (kinds === undefined || kinds.includes(kind)) &&
      fields.includes(field) &&
      applies(front, oracle),
  );
}
