import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ALL_DASHBOARDS } from "../src/all-dashboards.ts";
import { dashboardText } from "../src/render.ts";

const folder = new URL("../dashboards/", import.meta.url);

test("the files are what the sources say: `npm run dashboards` writes them", async () => {
  const files = await readdir(folder);
  expect(files.sort()).toEqual(ALL_DASHBOARDS.map(({ uid }) => `${uid}.json`).sort());
  for (const spec of ALL_DASHBOARDS) {
    const written: unknown = JSON.parse(
      await readFile(new URL(`${spec.uid}.json`, folder), "utf8"),
    );
    expect(written).toEqual(JSON.parse(dashboardText(spec)));
  }
});

test("each panel says what it shows, and its lines have names", () => {
  for (const { title: dashboard, rows } of ALL_DASHBOARDS) {
    const panels = rows.flatMap((row) => row.panels);
    const titles = panels.map(({ title, kind }) => `${kind}: ${title}`);
    expect(new Set(titles).size, dashboard).toBe(titles.length);
    for (const panel of panels) {
      expect(panel.description, panel.title).toMatch(/\.$/);
      for (const { legend } of panel.queries) expect(legend, panel.title).not.toBe("");
    }
  }
});
