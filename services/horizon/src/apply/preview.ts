import type { RegistryTree } from "@ofs/registry";
import type { ChangePlan } from "../changes/model.ts";
import type { ChangePreview } from "./ports.ts";

/** In place of what nobody may read. */
export const MASK = "***";

/** JSON fields of `security/...` that are or stand for tokens. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(["token", "sha256", "previous"]);

/** What a plan would do to the registry, key by key; keys that keep their value are left out. */
export function previewPlan(plan: ChangePlan, tree: RegistryTree): ChangePreview {
  const keys = plan.writes.flatMap(({ path, value }) => {
    const before = tree.entries.get(path);
    if (isSame(before, value)) return [];
    return [{ path, before: shownValue(path, before), after: shownValue(path, value) }];
  });
  return { problems: [], plan: { tables: plan.tables, outcome: plan.outcome }, keys };
}

function isSame(before: Uint8Array | undefined, after: Uint8Array | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return Buffer.compare(before, after) === 0;
}

function shownValue(path: string, value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = Buffer.from(value).toString("utf8");
  return path === "security" || path.startsWith("security/") ? maskSecrets(text) : text;
}

/** What is no JSON object, such as a bare token, is masked as a whole. */
function maskSecrets(text: string): string {
  const value = parseObject(text);
  if (value === undefined) return MASK;
  const shown = Object.entries(value).map(([name, field]) => [
    name,
    SECRET_FIELDS.has(name) ? MASK : field,
  ]);
  return JSON.stringify(Object.fromEntries(shown));
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value : undefined;
  } catch {
    return undefined; // Expected: not every value is JSON, and then all of it is masked.
  }
}
