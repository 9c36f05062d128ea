import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

/** The rules of WCAG 2.1, levels A and AA. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

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
