import { afterAll, beforeAll, expect, test } from "vitest";
import { GrpcAttacker } from "./grpc-attacker.ts";
import { grpcCase } from "./grpc-cases.ts";
import { runCases } from "./run-cases.ts";
import { Target } from "./target.ts";

const LANES = 16;
const LANES_PER_CONNECTION = 4;

let target: Target;

beforeAll(async () => {
  target = await Target.start("embedded", { process: true, distributed: false });
});

afterAll(async () => {
  await target.close();
});

test("gRPC requests", { timeout: 300_000 }, async () => {
  const attackers = Array.from(
    { length: LANES / LANES_PER_CONNECTION },
    () => new GrpcAttacker(target.port),
  );
  try {
    await runCases({ surface: "grpc requests", target, lanes: LANES }, async (random, lane) => {
      const attacker = attackers[lane % attackers.length] as GrpcAttacker;
      const { kind, call, faultOf } = grpcCase(random, target.headers);
      return { kind, fault: faultOf(await attacker.call(call)) };
    });
  } finally {
    for (const attacker of attackers) attacker.close();
  }
  const report = await target.assertUnharmed();
  expect(report.writeCount).toBeGreaterThan(5);
});
