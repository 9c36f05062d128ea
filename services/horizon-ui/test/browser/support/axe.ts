import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** The rules of WCAG 2.1, levels A and AA. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LOOKS = 3;
const SETTLE_MS = 1_000;

/** Lists that open below a field are moved by the keys of the field. */
const EXCLUDED = '[role="listbox"] [data-scrollarea-viewport]';

interface AxeNode {
  readonly html: string;
  readonly failureSummary?: string;
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly AxeNode[] }[];
}

/**
 * What axe objects to on the page as it is now.
 *
 * @returns a line for each element: rule, element, reason
 */
export async function violationsOn(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's content security policy does not concern.
  await page.evaluate(SOURCE);
  const context = JSON.stringify({ exclude: [[EXCLUDED]] });
  const options = JSON.stringify({ runOnly: RULES, resultTypes: ["violations"] });
  const { violations } = (await page.evaluate(`axe.run(${context}, ${options})`)) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

/** What is wrong for as long as a page is still being put together is looked at again. */
export async function expectNoViolations(page: Page, state: string): Promise<void> {
  let violations = await violationsOn(page);
  for (let look = 1; violations.length > 0 && look < LOOKS; look++) {
    await page.waitForTimeout(SETTLE_MS);
    violations = await violationsOn(page);
  }
  expect.soft({ state, violations }).toEqual({ state, violations: [] });
}

export async function checkRoutes(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await expectNoViolations(page, path);
  }
}
