import {
  isJsonArray,
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  member,
  RowError,
  writeJson,
} from "@ofs/rows";
import type { Run } from "../metastore/run-repository.ts";
import type { RowAdmin } from "../row-admin.ts";
import { invalid, type RowCall } from "./row-call.ts";
import type { RowRoute } from "./row-scope.ts";

const PATHS = ["/feature-group/run-data"];
const NO_NUMBER = /[NI]/;
const STATUSES = ["SUCCESS", "FAILED"] as const;
const TEXT_LENGTH_MAX = 200;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** What jobs tell of their runs. */
export function runRoutes({ metastore, now }: RowAdmin): RowRoute[] {
  const versionOf = async (name: string, version: string | undefined): Promise<string> => {
    const known = version ?? (await metastore.groups.version(name))?.latestVersion;
    if (known === undefined) throw RowError.of("FEATURE-GROUP-NOT-FOUND-EXCEPTION");
    return known;
  };
  return [
    {
      methods: ["POST"],
      paths: PATHS,
      async handle(call) {
        const { version, ...run } = readRun(call);
        const known = await versionOf(run.name, version);
        if (!(await metastore.runs.add({ ...run, version: known, receivedAtMs: now() }))) {
          const cause = `run ${run.runId} of ${run.name} ${known} is known already`;
          throw RowError.of("METASTORE-RUN-EXCEPTION", { status: 400, cause });
        }
        return writeJson(storable(call.requiredBody()));
      },
    },
    {
      methods: ["GET"],
      paths: PATHS,
      async handle(call) {
        const name = call.requiredQuery("name");
        const version = await versionOf(name, call.query("version"));
        const runs = await metastore.runs.latest(name, version);
        return writeJson(runs.map(toJson));
      },
    },
  ];
}

type SentRun = Omit<Run, "timestamp" | "version"> & { readonly version: string | undefined };

function readRun(call: RowCall): SentRun {
  return call.read((members) => {
    const name = members.text("name");
    const runId = members.text("runId");
    const version = members.optionalText("version");
    for (const [field, text] of Object.entries({ name, runId, version })) {
      if (text !== undefined && text.length > TEXT_LENGTH_MAX) {
        throw invalid(field, `has ${text.length} characters, ${TEXT_LENGTH_MAX} at most`);
      }
    }
    const body = call.requiredBody() as JsonObject;
    return {
      name,
      runId,
      version,
      timeTaken: int64("timeTaken", member(body, "timeTaken")),
      count: int64("count", member(body, "count")),
      sampleData: storable(member(body, "sampleData") ?? []),
      errorMessage: members.optionalText("errorMessage") ?? "",
      status: members.choice("status", STATUSES),
    };
  });
}

/** Neither databases nor JSON know a number that is none: it is text, as reads of features have it. */
function storable(value: JsonValue): JsonValue {
  if (value instanceof JsonNumber) return NO_NUMBER.test(value.text) ? value.text : value;
  if (isJsonArray(value)) return value.map(storable);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, storable(each)]));
}

/** Digits of a whole number of 64 bits; absent = 0. */
function int64(name: string, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "0";
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text === "string" && /^-?\d{1,19}$/.test(text)) {
    const number = BigInt(text);
    if (number >= INT64_MIN && number <= INT64_MAX) return String(number);
  }
  throw invalid(name, "must be a whole number of 64 bits");
}

function toJson(run: Run): JsonObject {
  return {
    name: run.name,
    version: run.version,
    runId: run.runId,
    timeTaken: new JsonNumber(run.timeTaken),
    count: new JsonNumber(run.count),
    sampleData: run.sampleData,
    errorMessage: run.errorMessage,
    status: run.status,
    timestamp: new JsonNumber(String(run.timestamp)),
  };
}
