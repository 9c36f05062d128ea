import { describe, expect, it } from "vitest";
import { createDraftStore, type DraftStorage, restoreDraft } from "../../src/model/drafts.ts";

function memoryStorage(): DraftStorage & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    removeItem: (key) => void texts.delete(key),
  };
}

describe("drafts", () => {
  it("keeps what was typed, and forgets it once it is discarded", () => {
    const drafts = createDraftStore(memoryStorage());
    drafts.save("store:", { table: "t" });
    expect(drafts.load("store:")).toEqual({ table: "t" });
    expect(drafts.load("job:writer")).toBeUndefined();
    drafts.discard("store:");
    expect(drafts.load("store:")).toBeUndefined();
  });

  it("never writes secrets down", () => {
    const storage = memoryStorage();
    createDraftStore(storage).save("job:writer", { "job-id": "j", token: "s3cret", password: "p" });
    expect([...storage.texts.values()].join()).toBe('{"job-id":"j"}');
  });

  it("does without a storage that is full, off or of somebody else", () => {
    const broken: DraftStorage = {
      getItem: () => "{not json",
      setItem: () => {
        throw new Error("quota");
      },
      removeItem: () => {
        throw new Error("denied");
      },
    };
    for (const drafts of [createDraftStore(broken), createDraftStore(undefined)]) {
      drafts.save("store:", { table: "t" });
      drafts.discard("store:");
      expect(drafts.load("store:")).toBeUndefined();
    }
  });

  it("does not keep a draft that is too large", () => {
    const storage = memoryStorage();
    createDraftStore(storage).save("store:", { table: "x".repeat(300_000) });
    expect(storage.texts.size).toBe(0);
  });

  it("lays a draft over a form, and drops what does not fit", () => {
    const initial = { table: "", ttl: 0, keys: ["a"], enabled: false };
    const draft = { table: "t", ttl: "7", keys: "a", enabled: true, gone: 1 };
    expect(restoreDraft(initial, draft)).toEqual({
      table: "t",
      ttl: 0,
      keys: ["a"],
      enabled: true,
    });
    expect(restoreDraft(initial, undefined)).toEqual(initial);
  });
});
