import type { ChangeKind } from "../changes/model.ts";
import type { Actor } from "./ports.ts";

type Payload = Readonly<Record<string, unknown>>;

/** Fields that nobody may read once a request is over. */
const SECRET_FIELDS = ["token"] as const;

/** What a request is stored with: the body as it was sent, and who sent it in the fields that existing readers know. */
export function filledPayload(body: Payload, by: Actor): Payload {
  return { ...body, "user-id": by.email, role: by.role === "admin" ? "admin" : "user" };
}

/** @returns the payload with a new token, if it is of a job's token and names none; with what was made */
export function withToken(
  kind: ChangeKind,
  payload: Payload,
  newToken: () => string,
): { readonly payload: Payload; readonly madeToken: string | undefined } {
  const { token } = payload;
  const isNamed = token !== undefined && token !== "";
  if ((kind !== "job" && kind !== "job-rotate") || isNamed)
    return { payload, madeToken: undefined };
  const madeToken = newToken();
  return { payload: { ...payload, token: madeToken }, madeToken };
}

export function withoutSecrets(payload: Payload): Payload {
  const isOpen = ([name]: [string, unknown]): boolean =>
    !(SECRET_FIELDS as readonly string[]).includes(name);
  return Object.fromEntries(Object.entries(payload).filter(isOpen));
}
