import { type CheckResult, Health } from "@ofs/platform";
import { expect, test } from "vitest";

function healthOf(...statuses: CheckResult["status"][]): Health {
  const health = new Health();
  for (const [index, status] of statuses.entries()) {
    health.register(`check-${index}`, () => ({ status }));
  }
  return health;
}

test.each([
  [[], "ready", true],
  [["ok", "ok"], "ready", true],
  [["ok", "warning"], "warning", true],
  [["warning", "failing"], "not-ready", false],
] as const)("checks %j make the process %s", (statuses, status, isReady) => {
  const health = healthOf(...statuses);
  expect(health.report()).toMatchObject({ status, isReady });
  expect(health.isReady).toBe(isReady);
});

test("a draining process is not ready, whatever its checks say", () => {
  const health = healthOf("ok");
  health.startDraining();
  expect(health.report()).toMatchObject({ status: "draining", isReady: false });
});

test("listeners hear of changes only, until they are taken off", () => {
  const heard: boolean[] = [];
  let status: CheckResult["status"] = "failing";
  const health = new Health();
  health.register("store", () => ({ status }));
  const stop = health.onChange((isReady) => heard.push(isReady));
  health.refresh();
  status = "ok";
  health.refresh();
  health.refresh();
  status = "failing";
  health.refresh();
  stop();
  status = "ok";
  health.refresh();
  expect(heard).toEqual([true, false]);
});

test("a name can be taken once", () => {
  const health = healthOf("ok");
  expect(() => health.register("check-0", () => ({ status: "ok" }))).toThrow(/check-0/);
});
