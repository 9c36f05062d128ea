import { FeatureStoreError } from "@ofs/platform";
import { expect, it } from "vitest";
import { checkCatalog } from "../src/check-catalog.ts";
import type { Catalog } from "../src/discovery/catalog/model.ts";

const current = (): Catalog => ({ revision: 7 }) as Catalog;

it("is failing before the first tree, and a warning while the registry is away later", () => {
  const missing = (): Catalog => {
    throw new FeatureStoreError("UNAVAILABLE", "registry etcd: no answer");
  };
  expect(checkCatalog({ current: missing, isLive: false, lastError: "x" })).toEqual({
    status: "failing",
    detail: { error: "registry etcd: no answer" },
  });
  expect(checkCatalog({ current, isLive: false, lastError: "gone" })).toEqual({
    status: "warning",
    detail: { revision: 7, error: "gone" },
  });
  expect(checkCatalog({ current, isLive: true, lastError: undefined })).toEqual({
    status: "ok",
    detail: { revision: 7 },
  });
});

it("hides no defect", () => {
  const broken = (): Catalog => {
    throw new TypeError("x is undefined");
  };
  const check = () => checkCatalog({ current: broken, isLive: true, lastError: undefined });
  expect(check).toThrow(TypeError);
});
