import type { ChangeProblem } from "../changes/model.ts";
import { REASON_LENGTH_MAX } from "./limits.ts";

/** All problems in one line, each with its field. */
export function describeProblems(problems: readonly ChangeProblem[]): string {
  return problems
    .map(({ field, message }) => (field === "" ? message : `${field}: ${message}`))
    .join("; ");
}

/** As much of a text as the database keeps of a reason. */
export function toReason(text: string): string {
  const characters = [...text];
  if (characters.length <= REASON_LENGTH_MAX) return text;
  return `${characters.slice(0, REASON_LENGTH_MAX - 3).join("")}...`;
}
