import { quote } from "@ofs/registry";
import type { z } from "zod";
import type { Change, ChangeKind } from "./model.ts";
import { payloadSchemas } from "./payloads.ts";
import { type ProblemList, Problems } from "./problems.ts";

/** Fields whose values are not shown. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(["token"]);

/**
 * Reads the body of a request for change: types, grammar of names, ranges. Whether it fits the registry, `planChange`
 * tells.
 *
 * @param body as sent, or as stored with the request
 */
export function parseChange(
  kind: ChangeKind,
  body: unknown,
): { readonly change: Change } | { readonly problems: ProblemList } {
  const parsed = payloadSchemas[kind].safeParse(body, { reportInput: true });
  if (parsed.success) return { change: { kind, payload: parsed.data } as Change };
  const problems = new Problems();
  for (const issue of parsed.error.issues) {
    problems.invalid(issue.path.map(String).join("."), describe(issue));
  }
  const list = problems.list();
  if (list === undefined) throw new Error(`a ${kind} was refused without a reason`);
  return { problems: list };
}

function describe(issue: z.core.$ZodIssue): string {
  const { input } = issue;
  if (issue.code === "invalid_key") {
    return `${quote(String(issue.path.at(-1)))} ${issue.issues[0]?.message ?? issue.message}`;
  }
  if (input === undefined) return "is missing";
  if (issue.path.length === 0) return `the body ${issue.message}`;
  if (SECRET_FIELDS.has(String(issue.path.at(-1)))) return issue.message;
  return `${show(input)} ${issue.message}`;
}

function show(input: unknown): string {
  if (typeof input === "string") return quote(input);
  if (Array.isArray(input)) return `a list of ${input.length}`;
  if (input !== null && typeof input === "object") return "an object";
  return String(input);
}
