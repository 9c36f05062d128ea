import { describe, expect, test } from "vitest";
import type { AdminWorld } from "./admin-world.ts";
import type { Chapter, Step } from "./step.ts";

/** Steps of a chapter go on where the last one has ended. */
export function runChapters(chapters: readonly Chapter[], open: () => AdminWorld): void {
  describe.each(chapters)("$title", ({ steps }) => {
    test.each(steps)("$title", (step) => runStep(step, open()));
  });
}

async function runStep(step: Step, world: AdminWorld): Promise<void> {
  await step.before?.(world);
  const [method, url, body, headers] = step.call;
  const called = await world.app.call(method, url, body, headers);
  const { status, text, type } = called;
  await step.after?.(world);
  const { answer, read = (value: unknown) => value } = step;
  const seen = typeof answer === "string" ? text : read(called.json);
  expect({ status, type, answer: seen }).toStrictEqual({
    status: step.status ?? 200,
    type: expect.stringMatching(/^application\/json/),
    answer,
  });
  if (step.published === undefined) return;
  const published = await world.app.published();
  for (const [path, value] of Object.entries(step.published)) {
    expect({ [path]: published[path] }).toStrictEqual({ [path]: value });
  }
}
