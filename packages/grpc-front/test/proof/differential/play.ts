import { createHash } from "node:crypto";
import { type SeededRandom, seededRandom } from "@ofs/testkit";
import { ERROR, headersFrames } from "../support/frames.ts";
import { HpackWriter } from "../support/hpack.ts";
import { RawPeer, type StreamOutcome } from "../support/raw-peer.ts";
import { type CallPlan, drawCall } from "./call-plan.ts";

/** What a caller sees of an answer, without what every server says in its own way. */
export interface CallView {
  readonly httpStatus: string | undefined;
  /** `application/grpc` for all of gRPC's own. */
  readonly contentType: string | undefined;
  readonly status: string | undefined;
  /** Decoded: servers may write more in percent than they must. None is as good as an empty one. */
  readonly message: string;
  readonly trailers: string;
  readonly body: string;
  readonly resetCode: number | undefined;
  /** The connection ended before the answer did. */
  readonly isCut: boolean;
}

export interface PlayedCall {
  readonly plan: CallPlan;
  readonly view: CallView;
}

const MAX_CALLS = 6;
const ANSWER_TIMEOUT_MS = 15_000;

/** The calls of one connection: a few that run side by side. */
export function drawCalls(seed: number, kind?: string): CallPlan[] {
  const random = seededRandom(seed);
  const count = kind === undefined ? random.integer(1, MAX_CALLS) : 1;
  return Array.from({ length: count }, () => drawCall(random, kind));
}

/** Plays calls on one connection, their frames dealt in an order that the seed decides. */
export async function play(
  port: number,
  plans: readonly CallPlan[],
  seed: number,
): Promise<PlayedCall[]> {
  const peer = new RawPeer(port);
  const writer = new HpackWriter();
  const steps: (() => void)[][] = [];
  const answers = plans.map((plan, i) => {
    const id = i * 2 + 1;
    const answer = peer.expect(id);
    steps.push(stepsOf(peer, writer, id, plan));
    return answer;
  });
  const timer = setTimeout(() => peer.close(), ANSWER_TIMEOUT_MS);
  try {
    // Streams begin in their order; the rest is dealt.
    for (const lane of steps) lane.shift()?.();
    deal(seededRandom(seed), steps);
    const outcomes = await Promise.all(answers);
    if (peer.violations.length > 0) throw new Error(`seed ${seed}: ${peer.violations.join("; ")}`);
    return plans.map((plan, i) => ({ plan, view: viewOf(outcomes[i] as StreamOutcome) }));
  } finally {
    clearTimeout(timer);
    peer.close();
  }
}

function stepsOf(peer: RawPeer, writer: HpackWriter, id: number, plan: CallPlan): (() => void)[] {
  const { parts, hasTrailers, resetAfter } = plan;
  const { cuts, headersPadding: padding, hasPriority } = plan;
  const steps = [
    () => {
      const block = writer.block(plan.headers, plan.how, plan.isHuffman);
      peer.send(headersFrames(id, block, { isLast: false, cuts, padding, hasPriority }));
    },
  ];
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1 && !hasTrailers;
    if (resetAfter === i) steps.push(() => peer.reset(id, ERROR.cancel));
    steps.push(() => peer.data(id, part, isLast, plan.dataPadding));
  }
  if (resetAfter === parts.length) steps.push(() => peer.reset(id, ERROR.cancel));
  if (hasTrailers) {
    const trailers = () => writer.block([["x-after", "1"]]);
    steps.push(() => peer.send(headersFrames(id, trailers(), { isLast: true })));
  }
  return steps;
}

/** Takes the next step of any lane until none is left. */
function deal(random: SeededRandom, lanes: (() => void)[][]): void {
  let left = lanes.filter((lane) => lane.length > 0);
  while (left.length > 0) {
    random.pick(left).shift()?.();
    left = left.filter((lane) => lane.length > 0);
  }
}

/** Names that every answer has, or that are a server's own business. */
const NOT_COMPARED = /^(?::|content-type$|grpc-|date$)/;

export function viewOf({ blocks, body, resetCode, isEnded }: StreamOutcome): CallView {
  const all = new Map(blocks.flat());
  const own = blocks.flat().filter(([name]) => !NOT_COMPARED.test(name));
  const contentType = all.get("content-type");
  return {
    httpStatus: all.get(":status"),
    contentType: contentType?.startsWith("application/grpc") ? "application/grpc" : contentType,
    status: all.get("grpc-status"),
    message: decodeURIComponent(all.get("grpc-message") ?? ""),
    trailers: own.map(([name, value]) => `${name}=${value}`).join("&"),
    body: `${body.length}:${createHash("sha1").update(body).digest("hex").slice(0, 8)}`,
    resetCode,
    isCut: !isEnded && resetCode === undefined,
  };
}
