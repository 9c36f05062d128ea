import { gzipSync } from "node:zlib";
import { persist, retrieve } from "@ofs/proto";
import type { SeededRandom } from "@ofs/testkit";
import { queryOf } from "../scenarios/scenario-client.ts";
import { writeRow } from "./canary.ts";
import type { GrpcOutcome, HostileCall } from "./grpc-attacker.ts";
import { FEATURES, PAIR, SINK, VICTIM } from "./hostile-tree.ts";
import { mutateBytes, mutateMessage, PERSIST_SHAPE, RETRIEVE_SHAPE } from "./proto-mutations.ts";
import { faultOfAnswer, judgeRead } from "./read-oracle.ts";

const RETRIEVE = "/retrieve.FeatureService/RetrieveFeatures";
const RETRIEVE_DECODED = "/retrieve.FeatureService/RetrieveDecodedResult";
const PERSIST = "/persist.FeatureService/PersistFeatures";

const INTERNAL = 13;
const UNKNOWN = 2;

/** A call, what it is for the report, and what is wrong with its outcome (or nothing). */
export interface GrpcCase {
  readonly kind: string;
  readonly call: HostileCall;
  faultOf(outcome: GrpcOutcome): string | undefined;
}

/** Credentials of a known caller. */
type Credentials = Readonly<Record<string, string>>;

const SAMPLES: readonly Buffer[] = [
  queryOf(VICTIM, ["id"], FEATURES, [["k0"], ["k1"], ["nobody"], ["k0"]]),
  queryOf(VICTIM, ["id"], { texts: ["t"], ints: ["a"] }, [["k2"]]),
  queryOf(VICTIM, ["id"], { floats: ["f@DataTypeFP16", "g"], vectors: ["v"] }, [["k3"], ["日本"]]),
  queryOf(PAIR, ["item", "user"], { flags: ["on"] }, [
    ["x", "k4"],
    ["y", "k4"],
  ]),
  queryOf(VICTIM, ["id"], {}, [["k5"]]),
].map((query) => Buffer.from(retrieve.Query.encode(query).finish()));

const WRITES: readonly Buffer[] = [["w1"], ["w2"]].map((key, round) =>
  Buffer.from(persist.Query.encode(writeRow(key, round, SINK)).finish()),
);

/** A case of its own for each random stream. */
export function grpcCase(random: SeededRandom, credentials: Credentials): GrpcCase {
  const roll = random.next();
  if (roll < 0.45) return mutatedRead(random, credentials, RETRIEVE);
  if (roll < 0.57) return mutatedRead(random, credentials, RETRIEVE_DECODED);
  if (roll < 0.77) return mutatedWrite(random, credentials);
  if (roll < 0.88) return oddHeaders(random, credentials);
  if (roll < 0.999) return oddFraming(random, credentials);
  return heavy(random, credentials);
}

function mutatedRead(random: SeededRandom, credentials: Credentials, path: string): GrpcCase {
  const { bytes, kinds } = mutateMessage(random.pick(SAMPLES), RETRIEVE_SHAPE, random);
  return {
    kind: `${path}: ${kinds}`,
    call: callOf(path, credentials, bytes),
    faultOf(outcome) {
      const { verdict, query } = judgeRead(bytes);
      const broken = brokenServer(outcome);
      if (broken !== undefined) return broken;
      if (verdict === "refuse" && outcome.code === 0) return "answered what must be refused";
      if (verdict === "answer" && outcome.code !== 0)
        return `refused with ${outcome.code}: ${outcome.message}`;
      if (outcome.code !== 0 || path !== RETRIEVE || query === undefined) return undefined;
      return faultOfAnswer(query, outcome.body);
    },
  };
}

function mutatedWrite(random: SeededRandom, credentials: Credentials): GrpcCase {
  const { bytes, kinds } = mutateMessage(random.pick(WRITES), PERSIST_SHAPE, random);
  return {
    kind: `${PERSIST}: ${kinds}`,
    call: callOf(PERSIST, credentials, bytes),
    faultOf(outcome) {
      const broken = brokenServer(outcome);
      if (broken !== undefined || outcome.code !== 0) return broken;
      return isWrite(bytes) ? undefined : "took what must be refused";
    },
  };
}

/** The least that any write must be. */
function isWrite(bytes: Buffer): boolean {
  let query: persist.Query;
  try {
    query = persist.Query.decode(bytes);
  } catch {
    return false;
  }
  const { entityLabel, keysSchema, featureGroupSchema, data } = query;
  if (entityLabel !== SINK || keysSchema.join() !== "id") return false;
  const groups = featureGroupSchema.map(({ label }) => label ?? "");
  if (
    new Set(groups).size !== groups.length ||
    groups.some((label) => !Object.hasOwn(FEATURES, label))
  ) {
    return false;
  }
  return data.every(
    ({ keyValues, featureValues }) =>
      keyValues?.length === 1 && keyValues[0] !== "" && featureValues?.length === groups.length,
  );
}

function oddHeaders(random: SeededRandom, credentials: Credentials): GrpcCase {
  const headers: Record<string, string | string[]> = headersOf(RETRIEVE, credentials);
  const [name, value] = random.pick(ODD_HEADERS);
  if (value === undefined) delete headers[name];
  else headers[name] = value;
  const body = random.pick(SAMPLES);
  const call: HostileCall = { headers, chunks: [frame(body)], ending: "end" };
  return {
    kind: `header ${name}: ${String(value).slice(0, 40)}`,
    call,
    faultOf(outcome) {
      // A timeout that cannot be read is answered INTERNAL by grpc-js, whatever the spec would say.
      if (outcome.code === INTERNAL && name === "grpc-timeout") return undefined;
      return brokenServer(outcome);
    },
  };
}

const TOKEN = "online-feature-store-auth-token";
const CALLER = "online-feature-store-caller-id";

const ODD_HEADERS: readonly (readonly [string, string | string[] | undefined])[] = [
  [TOKEN, undefined],
  [CALLER, undefined],
  [TOKEN, ["attacker-token", "wrong"]],
  [CALLER, ["attacker", "canary"]],
  [TOKEN, ""],
  [CALLER, "__proto__"],
  [CALLER, "constructor"],
  [TOKEN, "x".repeat(5_000)],
  ["x-large", "x".repeat(9_000)],
  ["x-larger", "x".repeat(60_000)],
  ["x-many", Array.from({ length: 200 }, (_, i) => String(i))],
  ["x-data-bin", "%%%not base64%%%"],
  [`${TOKEN}-bin`, "AAAA,BBBB"],
  ["grpc-timeout", "abc"],
  ["grpc-timeout", ""],
  ["grpc-timeout", "0n"],
  ["grpc-timeout", "1n"],
  ["grpc-timeout", "-1S"],
  ["grpc-timeout", "99999999H"],
  ["grpc-timeout", "999999999999H"],
  ["grpc-timeout", ["1S", "2S"]],
  ["content-type", "text/plain"],
  ["content-type", undefined],
  ["content-type", "application/grpc+json"],
  ["content-type", "application/grpcx"],
  ["grpc-encoding", "gzip"],
  ["grpc-encoding", "br"],
  ["grpc-encoding", ["gzip", "deflate"]],
  ["grpc-accept-encoding", "\u00ff"],
  ["te", "gzip"],
  ["te", undefined],
  ["X-Upper", "x"],
  ["connection", "close"],
  ["x-zero", "\0"],
  [":status", "200"],
  [":method", undefined],
  [":path", undefined],
  [":path", ["/ready", "/metrics"]],
  ["user-agent", ""],
  ["content-length", "5"],
  [":path", "/"],
  [":path", "*"],
  [":path", ""],
  [":path", "/retrieve.FeatureService/"],
  [":path", "/retrieve.FeatureService/__proto__"],
  [":path", "/constructor/toString"],
  [":path", `/${"x".repeat(8_000)}`],
  [":path", "/%00/\u00ff"],
  [":path", "/ready"],
  [":path", "/metrics?x"],
  [":path", "/grpc.health.v1.Health/Check"],
  [":path", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"],
  [":path", "/api/v1/features/retrieve"],
  [":method", "GET"],
  [":method", "PUT"],
  [":method", "TRACE"],
  [":scheme", "https"],
  [":authority", "\u00e9 evil"],
];

function oddFraming(random: SeededRandom, credentials: Credentials): GrpcCase {
  const message = random.pick(SAMPLES);
  const framing = random.pick(FRAMINGS);
  const made = framing.make(message, random);
  const headers = { ...headersOf(RETRIEVE, credentials), ...made.headers };
  return {
    kind: framing.kind,
    call: { headers, chunks: made.chunks, ending: made.ending ?? "end" },
    faultOf(outcome) {
      if (outcome.code === 0 && !framing.mayPass) return "answered what must be refused";
      // What cannot be decompressed is INTERNAL to grpc-js.
      return outcome.code === INTERNAL ? undefined : brokenServer(outcome);
    },
  };
}

interface Framed {
  readonly chunks: readonly Buffer[];
  readonly headers?: Record<string, string>;
  readonly ending?: HostileCall["ending"];
}

interface Framing {
  readonly kind: string;
  /** OK is a right answer. */
  readonly mayPass?: boolean;
  make(message: Buffer, random: SeededRandom): Framed;
}

const GZIP = { "grpc-encoding": "gzip" };
const DEFLATE = { "grpc-encoding": "deflate" };
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024));

const FRAMINGS: readonly Framing[] = [
  { kind: "compressed flag 2", mayPass: true, make: (m) => ({ chunks: [frame(m, 2)] }) },
  { kind: "compressed, no encoding", mayPass: true, make: (m) => ({ chunks: [frame(m, 1)] }) },
  { kind: "length beyond", make: (m) => ({ chunks: [frame(m, 0, m.length + 1)] }) },
  { kind: "huge length", make: (m) => ({ chunks: [frame(m, 0, 0xffffffff)], ending: "open" }) },
  { kind: "length short", make: (m) => ({ chunks: [frame(m, 0, m.length - 1)] }) },
  { kind: "two messages", make: (m) => ({ chunks: [frame(m), frame(m)] }) },
  {
    kind: "trailing bytes",
    mayPass: true,
    make: (m) => ({ chunks: [frame(m), Buffer.from([0, 0])] }),
  },
  { kind: "no message", make: () => ({ chunks: [] }) },
  { kind: "cut prefix", make: () => ({ chunks: [Buffer.from([0, 0, 0])] }) },
  {
    kind: "byte by byte",
    mayPass: true,
    make: (m) => ({ chunks: [...frame(m)].map((byte) => Buffer.from([byte])) }),
  },
  { kind: "reset at once", mayPass: true, make: (m) => ({ chunks: [frame(m)], ending: "reset" }) },
  {
    kind: "half, then reset",
    make: (m) => ({ chunks: [frame(m).subarray(0, m.length >> 1)], ending: "reset" }),
  },
  {
    kind: "broken gzip",
    mayPass: true,
    make: (m, random) => ({
      chunks: [frame(mutateBytes(gzipSync(m), "flip", random), 1)],
      headers: GZIP,
    }),
  },
  {
    kind: "cut gzip",
    mayPass: true,
    make: (m, random) => ({
      chunks: [frame(mutateBytes(gzipSync(m), "truncate", random), 1)],
      headers: GZIP,
    }),
  },
  { kind: "gzip as deflate", make: (m) => ({ chunks: [frame(gzipSync(m), 1)], headers: DEFLATE }) },
  {
    kind: "good gzip",
    mayPass: true,
    make: (m) => ({ chunks: [frame(gzipSync(m), 1)], headers: GZIP }),
  },
  { kind: "empty gzip", make: () => ({ chunks: [frame(Buffer.alloc(0), 1)], headers: GZIP }) },
];

function heavy(random: SeededRandom, credentials: Credentials): GrpcCase {
  const [kind, path, body] = random.pick(HEAVY);
  const call =
    kind === "gzip bomb"
      ? { headers: { ...headersOf(path, credentials), ...GZIP }, chunks: [frame(body(), 1)] }
      : { headers: headersOf(path, credentials), chunks: [frame(body())] };
  return {
    kind,
    call: { ...call, ending: "end" },
    faultOf(outcome) {
      return outcome.code === 0 ? "answered what must be refused" : brokenServer(outcome);
    },
  };
}

const EMPTY_ROWS = 100_000;
const [FIRST] = SAMPLES as [Buffer];

/** Much work for few bytes. All of it is beyond some limit. */
const HEAVY: readonly (readonly [string, string, () => Buffer])[] = [
  ["gzip bomb", RETRIEVE, () => BOMB],
  ["empty keys", RETRIEVE, () => manyFields(FIRST, 0x22, EMPTY_ROWS)],
  ["empty groups", RETRIEVE, () => manyFields(FIRST, 0x12, EMPTY_ROWS)],
  ["empty rows", PERSIST, () => manyFields(WRITES[0] as Buffer, 0x22, EMPTY_ROWS)],
  ["larger than allowed", RETRIEVE, () => Buffer.alloc(5 * 1024 * 1024)],
  ["many columns of many keys", RETRIEVE_DECODED, () => product(2_000, 9_000, 1)],
  ["many sections of many keys", RETRIEVE, () => product(9_000, 9_000, 0)],
  ["many columns and keys", RETRIEVE, () => product(9_000, 9_000, 1)],
];

function manyFields(start: Buffer, tag: number, count: number): Buffer {
  const fields = Buffer.alloc(count * 2);
  for (let i = 0; i < count; i++) fields[i * 2] = tag;
  return Buffer.concat([start, fields]);
}

/** Each group with one label or none, again and again. */
function product(keyCount: number, groupCount: number, labelCount: number): Buffer {
  const keys = Array.from({ length: keyCount }, (_, i) => ({ cols: [i.toString(36)] }));
  const group = { label: "ints", featureLabels: new Array<string>(labelCount).fill("a") };
  const featureGroups = new Array<typeof group>(groupCount).fill(group);
  const query = { entityLabel: VICTIM, keysSchema: ["id"], featureGroups, keys };
  return Buffer.from(retrieve.Query.encode(query).finish());
}

function brokenServer({ code, message }: GrpcOutcome): string | undefined {
  return code === INTERNAL || code === UNKNOWN ? `status ${code}: ${message}` : undefined;
}

function callOf(path: string, credentials: Credentials, message: Buffer): HostileCall {
  return { headers: headersOf(path, credentials), chunks: [frame(message)], ending: "end" };
}

function headersOf(path: string, credentials: Credentials): Record<string, string> {
  return {
    ":method": "POST",
    ":scheme": "http",
    ":authority": "localhost",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    "grpc-timeout": "10S",
    ...credentials,
  };
}

/** A message behind its prefix, which may lie. */
export function frame(message: Buffer, flag = 0, claimedSize = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(claimedSize, 1);
  return Buffer.concat([prefix, message]);
}
