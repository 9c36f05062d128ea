import { ApiError } from "../api/api-error.ts";

/** Messages by field, for a form; several of one field are joined. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  const errors: Record<string, string> = {};
  for (const { field, message } of error.problems) {
    if (field === "") continue;
    errors[field] = errors[field] === undefined ? message : `${errors[field]}; ${message}`;
  }
  return errors;
}
