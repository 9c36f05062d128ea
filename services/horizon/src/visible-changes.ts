import type { RegistryAuthor, Revision } from "@ofs/registry";
import type { ChangeService } from "./apply/ports.ts";
import type { LiveCatalog } from "./discovery/index.ts";

/** How long a decision waits until what it wrote is shown here. */
const VISIBLE_TIMEOUT_MS = 2_000;

/** A registry that remembers the last revision that was written through it. */
export interface NotedRegistry {
  readonly registry: RegistryAuthor;
  /** 0 = none. */
  lastWritten(): Revision;
}

export function noteWrites(registry: RegistryAuthor): NotedRegistry {
  let last: Revision = 0;
  const noted: RegistryAuthor = {
    name: registry.name,
    load: (signal) => registry.load(signal),
    loadForWrite: (signal) => registry.loadForWrite(signal),
    lastChange: (signal) => registry.lastChange(signal),
    watch: (fromRevision, watcher) => registry.watch(fromRevision, watcher),
    close: () => registry.close(),
    async write(changes) {
      const revision = await registry.write(changes);
      last = Math.max(last, revision);
      return revision;
    },
    async writeIf(changes, expectations, receipt) {
      const outcome = await registry.writeIf(changes, expectations, receipt);
      if ("revision" in outcome) last = Math.max(last, outcome.revision);
      return outcome;
    },
  };
  return { registry: noted, lastWritten: () => last };
}

/**
 * Decisions that are answered when what they wrote can be read here, so that whoever reads next sees it. A watch that lags
 * holds an answer up for a little while only: the change is made either way.
 */
export function withVisibleDecisions(
  changes: ChangeService,
  { lastWritten }: NotedRegistry,
  catalog: Pick<LiveCatalog, "waitFor">,
): ChangeService {
  return {
    submit: (...args) => changes.submit(...args),
    preview: (...args) => changes.preview(...args),
    previewRequest: (...args) => changes.previewRequest(...args),
    reconcile: () => changes.reconcile(),
    async decide(...args) {
      const decided = await changes.decide(...args);
      if (decided.status === "APPROVED") {
        await catalog.waitFor(lastWritten(), VISIBLE_TIMEOUT_MS);
      }
      return decided;
    },
  };
}
