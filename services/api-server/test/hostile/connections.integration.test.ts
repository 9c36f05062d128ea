import { retrieve } from "@ofs/proto";
import { waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { queryOf } from "../scenarios/scenario-client.ts";
import { ConnectionAttacker } from "./connection-attacker.ts";
import { frame } from "./grpc-cases.ts";
import { shareOf } from "./hostile-settings.ts";
import { FEATURES, VICTIM } from "./hostile-tree.ts";
import { HTTP1_CONVERSATIONS } from "./http1-bytes.ts";
import { type Conversation, HTTP2_CONVERSATIONS, type SampleCall } from "./http2-bytes.ts";
import { runCases } from "./run-cases.ts";
import { Target } from "./target.ts";

const LANES = 12;
/** Floods cost both sides much more than everything else. */
const FLOOD_SHARE = 0.05;
/** The rest is HTTP/1.1. */
const HTTP2_SHARE = 0.65;
const MUTATED_SHARE = 0.6;

/** The server has the rest of the test to see that silent connections are dead. */
const SILENT_SHARE = 0.3;

let target: Target;

function conversations(isHttp2: boolean, mayFlood: boolean): readonly Conversation[] {
  const all = isHttp2 ? HTTP2_CONVERSATIONS : HTTP1_CONVERSATIONS;
  return mayFlood ? all : all.filter(({ isFlood }) => isFlood !== true);
}

beforeAll(async () => {
  target = await Target.start("embedded", { process: true, distributed: false });
});

afterAll(async () => {
  await target.close();
});

test("raw bytes of HTTP/2 and HTTP/1.1", { timeout: 400_000 }, async () => {
  const query = queryOf(VICTIM, ["id"], FEATURES, [["k0"], ["k1"]]);
  const sample: SampleCall = {
    headers: [
      [":method", "POST"],
      [":scheme", "http"],
      [":path", "/retrieve.FeatureService/RetrieveFeatures"],
      [":authority", "x"],
      ["content-type", "application/grpc"],
      ["te", "trailers"],
      ...Object.entries(target.headers),
    ],
    body: frame(Buffer.from(retrieve.Query.encode(query).finish())),
  };
  let attackCount = 0;
  const attacker = new ConnectionAttacker(target.port);
  try {
    await runCases({ surface: "connections", target, lanes: LANES }, async (random) => {
      const isHttp2 = random.next() < HTTP2_SHARE;
      const { kind, make } = random.pick(conversations(isHttp2, random.next() < FLOOD_SHARE));
      const isMutated = random.next() < MUTATED_SHARE;
      const isEarly = ++attackCount < shareOf("connections") * SILENT_SHARE;
      const speech = { kind, bytes: make(random, sample), isHttp2, maySilence: isEarly };
      await attacker.attack(speech, isMutated, random);
      return { kind, fault: undefined };
    });
    await attacker.assertAllEnded();
  } finally {
    attacker.close();
  }
  await target.assertUnharmed();
  // What is left is this test's own request for the metrics.
  await waitUntil(async () => (await target.metric("ofs_connections")) <= 2, {
    what: "all connections to be forgotten",
  });
  expect(await target.metric("ofs_grpc_server_requests_in_flight")).toBe(0);
});
