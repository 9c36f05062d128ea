import { Agent, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type JsonCase, jsonCase } from "./json-cases.ts";
import { runCases } from "./run-cases.ts";
import { Target } from "./target.ts";

const LANES = 12;
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
const ANSWER_WITHIN_MS = 15_000;

let target: Target;
const agent = new Agent({ keepAlive: true, maxSockets: LANES });

beforeAll(async () => {
  target = await Target.start("embedded", { process: true, distributed: false });
});

afterAll(async () => {
  agent.destroy();
  await target.close();
});

test("JSON bodies of the mirror", { timeout: 300_000 }, async () => {
  await runCases({ surface: "json bodies", target, lanes: LANES }, async (random) => {
    const hostile = jsonCase(random);
    const { status, answer } = await post(hostile);
    return { kind: `${hostile.path}: ${hostile.kind}`, fault: hostile.faultOf(status, answer) };
  });
  const report = await target.assertUnharmed();
  expect(report.writeCount).toBeGreaterThan(5);
});

/** @throws {Error} if there is no answer in time */
function post({ path, body }: JsonCase): Promise<{ status: number; answer: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", ...target.headers };
    const sent = request({
      port: target.port,
      path,
      method: "POST",
      headers,
      agent,
      timeout: ANSWER_WITHIN_MS,
    });
    let isAnswered = false;
    sent.once("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.once("error", (error) => {
      if (isAnswered) return;
      // Told of the size alone, the server answers and closes while the body is still being sent.
      if (body.length > MAX_REQUEST_BYTES) resolve({ status: 413, answer: error.message });
      else reject(error);
    });
    sent.once("response", (response) => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, answer: Buffer.concat(chunks).toString() });
      });
    });
    sent.end(body);
  });
}
