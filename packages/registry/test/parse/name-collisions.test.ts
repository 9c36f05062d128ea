import { parseSnapshot } from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { faultAt, parseExample, toEntries } from "../support/entries.ts";

const SCORES = "entities/user/feature-groups/scores";
const TAGS = "entities/user/feature-groups/tags";

describe("names that collide", () => {
  it("of two entities equal after folding, the first in sort order serves", () => {
    const keys = '{"0":{"sequence":0,"entity-label":"id","column-label":"id"}}';
    const snapshot = parseSnapshot(
      toEntries({
        "entities/user-x": JSON.stringify({ label: "user-x", keys: JSON.parse(keys) }),
        "entities/userX": JSON.stringify({ label: "userX", keys: JSON.parse(keys) }),
      }),
      1,
    );
    expect([...snapshot.entities.keys()]).toEqual(["user-x"]);
    expect(faultAt(snapshot, "entities/userX").disables).toBe("entity");
    expect(snapshot.disabledEntities.get("userX")).toContain('same name as "user-x"');
  });

  it("readers, stores and groups likewise", () => {
    const snapshot = parseExample({
      "security/reader/ran-ker": '{"token":"x"}',
      "storage/stores/A": '{"db-type":"embedded"}',
      "storage/stores/a": '{"db-type":"embedded"}',
      "entities/user/feature-groups/Tags/id": "9",
    });
    expect([...snapshot.readers.keys()]).toEqual(["ran-ker"]);
    expect(faultAt(snapshot, "security/reader/ranker").disables).toBe("reader");
    expect([...snapshot.stores.keys()]).toEqual(["1", "A"]);
    const user = snapshot.entities.get("user");
    expect([...(user?.disabledGroups.keys() ?? [])].sort()).toEqual(["Tags", "tags"]);
  });

  it("of two groups with one id, the first in sort order serves", () => {
    const snapshot = parseExample({ [`${TAGS}/id`]: "0" });
    expect([...(snapshot.entities.get("user")?.groups.keys() ?? [])]).toEqual(["scores"]);
    expect(faultAt(snapshot, `${TAGS}/id`).reason).toBe(
      '0 is the id of feature group "scores" already',
    );
  });

  it("features may be named alike", () => {
    const snapshot = parseExample({
      [`${SCORES}/features/1/labels`]: "user-ctr,userCtr",
      [`${SCORES}/features/1/feature-meta`]:
        '{"user-ctr":{"sequence":0,"default-value":"AAAAAA=="},"userCtr":{"sequence":1,"default-value":"AAAAAA=="}}',
    });
    expect(snapshot.faults).toEqual([]);
    expect(snapshot.entities.get("user")?.groups.get("scores")?.active.labels.length).toBe(2);
  });

  it("of two spellings of one field, the first in sort order counts", () => {
    const snapshot = parseExample({ [`${SCORES}/storeId`]: "9" });
    expect(snapshot.entities.get("user")?.groups.get("scores")?.storeId).toBe("1");
    expect(faultAt(snapshot, `${SCORES}/storeId`).disables).toBe("nothing");
  });
});
