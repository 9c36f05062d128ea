import {
  bodyFields,
  type Fields,
  type HttpCall,
  type HttpReply,
  type HttpRoute,
  jsonReply,
  queryFields,
  readBody,
} from "@ofs/http";
import { FeatureStoreError } from "@ofs/platform";
import type { Snapshot } from "@ofs/registry";
import { describeLetter, summarizeLetter } from "../dead-letters/describe-letter.ts";
import { readLetter } from "../dead-letters/letter.ts";
import { formatCursor, type LetterCursor, parseCursor } from "../dead-letters/letter-cursor.ts";
import { invalid, parseCount, parseFilter } from "../dead-letters/letter-filter.ts";
import { beginning, LetterScan } from "../dead-letters/letter-scan.ts";
import { type ReplayReport, replay } from "../dead-letters/replay.ts";
import { findTopic, type ReadTopic } from "../read-topics.ts";

/** What the routes look into and write to. */
export interface DeadLetterDeps {
  readonly topics: () => readonly ReadTopic[];
  snapshot(): Snapshot | undefined;
  /** Milliseconds of a clock that never steps. */
  monotonicNow(): number;
}

const FILTER_FIELDS = ["code", "error", "entity", "from", "to", "partition", "limit", "cursor"];
const REPLAY_FIELDS = [...FILTER_FIELDS, "rate", "dryRun"];

const DEFAULT_LIST_LIMIT = 50;
const MAX_LIST_LIMIT = 1_000;
const DEFAULT_REPLAY_LIMIT = 1_000;
const MAX_REPLAY_LIMIT = 100_000;
const DEFAULT_RATE_PER_SECOND = 1_000;
const MAX_RATE_PER_SECOND = 100_000;

/** Letters looked at in one call, and for how long: the cursor tells how to go on. */
const MAX_SCANNED = 200_000;
const MAX_CALL_MS = 20_000;

const MAX_OFFSET = 999_999_999_999_999;
const MAX_BODY_BYTES = 64 * 1024;
const ONE_LETTER_BYTES = 64 * 1024 * 1024;

/** Looking into dead letters and putting their messages back. The topic in the paths is the one that they came from. */
export function deadLetterRoutes(deps: DeadLetterDeps): HttpRoute[] {
  let isReplaying = false;
  return [
    {
      method: "GET",
      path: "/dlq/:topic",
      isAdmin: true,
      handle: (call) => list(call, deps),
    },
    {
      method: "GET",
      path: "/dlq/:topic/:partition/:offset",
      isAdmin: true,
      handle: (call) => show(call, deps),
    },
    {
      method: "POST",
      path: "/dlq/:topic/replay",
      isAdmin: true,
      async handle(call) {
        if (isReplaying) {
          throw new FeatureStoreError("RESOURCE_EXHAUSTED", "another replay is under way");
        }
        isReplaying = true;
        try {
          return await replayLetters(call, deps);
        } finally {
          isReplaying = false;
        }
      },
    },
  ];
}

async function list({ params, query, signal }: HttpCall, deps: DeadLetterDeps): Promise<HttpReply> {
  const topic = topicOf(params, deps);
  const { deadLetterTopic } = topic;
  const field = queryFields(query, FILTER_FIELDS);
  const limit = parseCount("limit", field("limit"), 1, MAX_LIST_LIMIT) ?? DEFAULT_LIST_LIMIT;
  let cursor = await startOf(topic, field);
  const scan = openScan(topic, field, cursor, limit, deps);
  const letters: object[] = [];
  while (!scan.isDone && scan.isWithinLimits && !signal.aborted) {
    const page = await scan.next(limit);
    letters.push(...page.letters.map((letter) => summarizeLetter(letter, topic.dialect)));
    cursor = page.cursor;
  }
  const { scannedCount } = scan;
  return jsonReply(200, { deadLetterTopic, letters, scannedCount, cursor: formatCursor(cursor) });
}

async function show({ params }: HttpCall, deps: DeadLetterDeps): Promise<HttpReply> {
  const { deadLetterTopic: topic, log, dialect } = topicOf(params, deps);
  const { partition: partitionText = "", offset: offsetText = "" } = params;
  const partition = parseCount("partition", partitionText, 0, 1_000_000) as number;
  const offset = parseCount("offset", offsetText, 0, MAX_OFFSET) as number;
  const [record] = await log.admin.read(topic, partition, offset, 1, ONE_LETTER_BYTES);
  if (record?.offset !== offset) {
    throw new FeatureStoreError(
      "NOT_FOUND",
      `there is no letter at offset ${offset} of partition ${partition} of ${topic}`,
    );
  }
  const letter = readLetter(record);
  return jsonReply(200, describeLetter(letter, dialect, deps.snapshot()));
}

async function replayLetters(call: HttpCall, deps: DeadLetterDeps): Promise<HttpReply> {
  const topic = topicOf(call.params, deps);
  const field = bodyFields(await readBody(call.request, MAX_BODY_BYTES), REPLAY_FIELDS);
  const limit = parseCount("limit", field("limit"), 1, MAX_REPLAY_LIMIT) ?? DEFAULT_REPLAY_LIMIT;
  const rate = parseCount("rate", field("rate"), 1, MAX_RATE_PER_SECOND);
  const isDryRun = parseFlag("dryRun", field("dryRun"));
  const cursor = await startOf(topic, field);
  const scan = openScan(topic, field, cursor, limit, deps);
  const report = await replay(scan, topic.log, cursor, {
    ratePerSecond: rate ?? DEFAULT_RATE_PER_SECOND,
    isDryRun,
    signal: call.signal,
  });
  return replayReply(report, isDryRun);
}

/** What was done before a failure counts: the answer says how to go on from there. */
function replayReply(report: ReplayReport, isDryRun: boolean): HttpReply {
  const { failure, cursor, ...counts } = report;
  const answer = { ...counts, isDryRun, cursor: formatCursor(cursor) };
  if (failure === undefined) return jsonReply(200, answer);
  const isLate = failure.code === "UNAVAILABLE";
  const code = isLate ? "Unavailable" : "FailedPrecondition";
  return jsonReply(isLate ? 503 : 412, { ...answer, error: failure.message, code });
}

function openScan(
  { name, dialect, deadLetterTopic, log }: ReadTopic,
  field: Fields,
  cursor: LetterCursor,
  maxLetters: number,
  { monotonicNow }: DeadLetterDeps,
): LetterScan {
  const limits = {
    maxLetters,
    maxScanned: MAX_SCANNED,
    deadlineMs: monotonicNow() + MAX_CALL_MS,
  };
  const filter = parseFilter(name, dialect, field);
  return new LetterScan(log.admin, deadLetterTopic, filter, cursor, limits, monotonicNow);
}

/** A topic without a dead letter so far need not exist. */
async function startOf({ deadLetterTopic, log }: ReadTopic, field: Fields): Promise<LetterCursor> {
  const cursor = field("cursor");
  if (cursor !== undefined) return parseCursor(cursor);
  return (await beginning(log.admin, deadLetterTopic)) ?? { rest: [] };
}

function topicOf(params: HttpCall["params"], { topics }: DeadLetterDeps): ReadTopic {
  const { topic = "" } = params;
  return findTopic(topic, topics());
}

function parseFlag(name: string, text: string | undefined): boolean {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw invalid(name, "true or false", text);
}
