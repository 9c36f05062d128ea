import { describe, expect, test } from "vitest";
import { featureStoreRoutes } from "../../../src/rows/feature-store/feature-store-routes.ts";
import { rowRoutes } from "../../../src/rows/http/row-routes.ts";
import type { AdminWorld } from "./admin-world.ts";
import { consumerChapters } from "./consumer-steps.ts";
import { entityChapters } from "./entity-steps.ts";
import { featureStoreChapters } from "./feature-store-steps.ts";
import { groupChangeChapters } from "./group-change-steps.ts";
import { groupChapters } from "./group-steps.ts";
import { runChapters } from "./run-chapters.ts";
import { runDataChapters } from "./run-steps.ts";
import { searchChapters } from "./search-steps.ts";
import { CATALOGUE, type Step } from "./step.ts";
import { tenantChapters } from "./tenant-steps.ts";
import { troubleChapters } from "./trouble-steps.ts";

/** In what the worlds differ. */
export interface WorldTraits {
  /** Of all topics; nobody else's begin so. */
  readonly topicPrefix: string;
  /** Of topics that are made. */
  readonly retentionMs: number;
  /** Whether topics can get more partitions. */
  readonly growsTopics: boolean;
  /** Whether there are tenants without a cluster. */
  readonly refusesTenants: boolean;
}

/** What each endpoint answers, to the letter, and what each code of the catalogue is answered to. */
export function testAdmin(open: () => AdminWorld, traits: WorldTraits): void {
  const chapters = [
    ...tenantChapters(traits),
    ...consumerChapters(traits),
    ...entityChapters,
    ...groupChapters,
    ...groupChangeChapters,
    ...searchChapters,
    ...runDataChapters,
    ...featureStoreChapters,
    ...troubleChapters,
  ];
  runChapters(chapters, open);

  describe("the contract", () => {
    const steps = chapters.flatMap((chapter) => chapter.steps);

    test("has each endpoint, by each path and method, with a success", () => {
      const { admin } = open().app;
      const endpoints = [...rowRoutes(admin), ...featureStoreRoutes(admin)].flatMap(
        ({ methods, paths }) =>
          methods.flatMap((method) => paths.map((path) => ({ method, path }))),
      );
      const called = steps.filter(({ status = 200 }) => status === 200);
      const forgotten = endpoints.filter(
        ({ method, path }) => !called.some((step) => isCallOf(step, method, path)),
      );
      expect(forgotten).toEqual([]);
    });

    test("has few calls beside GET that readers may make, where callers must be signed in", () => {
      const { admin } = open().app;
      const routes = [...rowRoutes(admin), ...featureStoreRoutes(admin)];
      const reads = routes.filter(
        ({ methods, permission }) => permission === "read" && methods.includes("POST"),
      );
      expect(reads.flatMap(({ paths }) => paths)).toEqual([
        "/search/entities",
        "/search/feature-groups",
        "/v1/search",
        "/FeatureStore/get-feature-groups",
        "/FeatureStore/feature-groups/count",
        "/FeatureStore/copy-code/features",
      ]);
    });

    test("has each code of the catalogue", () => {
      const answered = new Set(steps.map(({ answer }) => codeOf(answer)));
      const forgotten = Object.keys(CATALOGUE).filter((code) => !answered.has(code));
      expect(forgotten).toEqual([]);
    });
  });
}

function isCallOf({ call: [method, url] }: Step, wanted: string, path: string): boolean {
  const pathname = new URL(url, "http://any").pathname.replace(/(.)\/$/, "$1");
  const pattern = new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`);
  return method === wanted && pattern.test(pathname);
}

function codeOf(answer: unknown): unknown {
  return (answer as { error?: { code: unknown } }).error?.code;
}
