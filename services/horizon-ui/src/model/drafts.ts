/** The part of `Storage` that drafts need. */
export interface DraftStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface DraftStore {
  /** @returns undefined if there is none, or none of this shape */
  load(name: string): Readonly<Record<string, unknown>> | undefined;
  save(name: string, draft: Readonly<Record<string, unknown>>): void;
  discard(name: string): void;
}

const PREFIX = "horizon.draft.";
/** More is not kept: a browser's storage is small, and shared by all forms. */
const MAX_DRAFT_CHARS = 256 * 1024;
/** Never written to storage. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(["token", "password"]);

/** Keeps what was typed into forms over failed submits, expired sessions and closed tabs; secrets are left out. */
export function createDraftStore(storage: DraftStorage | undefined): DraftStore {
  return {
    load(name) {
      const text = attempt(() => storage?.getItem(PREFIX + name));
      if (text === undefined || text === null) return undefined;
      const draft: unknown = attempt(() => JSON.parse(text));
      return isRecord(draft) ? draft : undefined;
    },
    save(name, draft) {
      const kept = Object.entries(draft).filter(([field]) => !SECRET_FIELDS.has(field));
      const text = JSON.stringify(Object.fromEntries(kept));
      if (text.length > MAX_DRAFT_CHARS) return;
      attempt(() => storage?.setItem(PREFIX + name, text));
    },
    discard(name) {
      attempt(() => storage?.removeItem(PREFIX + name));
    },
  };
}

/**
 * A draft laid over a form's initial values. Fields that the form does not have (any more), or has of another type, are
 * dropped.
 */
export function restoreDraft<Values extends Record<string, unknown>>(
  initial: Values,
  draft: Readonly<Record<string, unknown>> | undefined,
): Values {
  const restored: Record<string, unknown> = { ...initial };
  for (const [field, value] of Object.entries(initial)) {
    const kept = draft?.[field];
    const isSameType = typeof kept === typeof value && Array.isArray(kept) === Array.isArray(value);
    if (kept !== undefined && kept !== null && isSameType) restored[field] = kept;
  }
  return restored as Values;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Storage may be full, switched off or hold somebody else's text: a draft is a convenience, so then there is none. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
