import { access, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runPromtool } from "@ofs/testkit";
import { expect, test } from "vitest";
import { parse } from "yaml";

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

interface RuleFile {
  readonly groups: {
    readonly rules: {
      readonly alert?: string;
      readonly labels?: { readonly severity?: string };
      readonly annotations?: { readonly runbook?: string; readonly summary?: string };
    }[];
  }[];
}

test("the rules are valid, and alerts come and go as their tests say", async () => {
  await runPromtool([
    "check",
    "rules",
    path("prometheus/recording-rules.yml"),
    path("prometheus/alerts.yml"),
  ]);
  expect(await runPromtool(["test", "rules", path("prometheus/alerts.test.yml")])).toContain(
    "SUCCESS",
  );
});

test("the example of a configuration is valid", async () => {
  expect(await runPromtool(["check", "config", path("prometheus/prometheus.yml")])).toContain(
    "SUCCESS",
  );
});

test("each alert says how urgent it is, what is wrong, and has a runbook", async () => {
  const { groups } = parse(await readFile(path("prometheus/alerts.yml"), "utf8")) as RuleFile;
  const alerts = groups.flatMap(({ rules }) => rules);
  expect(alerts.length).toBeGreaterThan(10);
  for (const { alert, labels, annotations } of alerts) {
    expect(["page", "ticket"], alert).toContain(labels?.severity);
    expect(annotations?.summary, alert).toBeTruthy();
    await access(path(`runbooks/${annotations?.runbook}`));
  }
});
