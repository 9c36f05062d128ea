import { createClient } from "@ofs/client";
import { diffTree, loadTreeFile, type RegistrySource } from "@ofs/registry";
import { BULK_RETRY, SAMPLE_CALLER } from "../cli/connection.ts";
import { Progress, type ProgressOutput } from "../progress.ts";
import { readSampleDataset } from "../sample/dataset.ts";
import { createSample, SAMPLE_TREE_FILE } from "../sample/sample-rows.ts";
import { type RowSink, writeRows } from "../write-rows.ts";
import type { DataFolder } from "./data-folder.ts";

/** For one call that writes many rows; a slow disk is given its time. */
const PERSIST_DEADLINE_MS = 60_000;

/** What the sample's loading needs. */
export interface SampleTarget {
  readonly folder: DataFolder;
  readonly source: RegistrySource;
  /** Follows the registry: the server's. */
  readonly registry: { refresh(): Promise<void> };
  /** `host:port` of the server. */
  readonly address: string;
  readonly signal: AbortSignal;
  readonly output: ProgressOutput;
  readonly maxRows: number | undefined;
}

/**
 * Publishes the sample's registry and writes its rows through the API, like every other client. An interrupted
 * load is repeated whole: it ends with the same values.
 */
export async function loadSample(target: SampleTarget): Promise<void> {
  const { folder, source, signal, output } = target;
  folder.writeSampleState("loading");
  const wanted = await loadTreeFile(SAMPLE_TREE_FILE);
  const tree = await source.load(signal);
  await source.write(diffTree(tree.entries, wanted, { keepsOthers: true }));
  await target.registry.refresh();

  const client = createClient({
    address: target.address,
    callerId: SAMPLE_CALLER,
    callerToken: SAMPLE_CALLER,
    deadlineMs: PERSIST_DEADLINE_MS,
    // Nobody else writes the sample. A server gives up on its store sooner than a slow disk may need.
    retry: { ...BULK_RETRY, persist: true },
  });
  const sink: RowSink = { persist: (request) => client.persist(request, { signal }) };
  try {
    for (const { label, rows } of createSample(await readSampleDataset(), target.maxRows)) {
      signal.throwIfAborted();
      const progress = new Progress(output, `  ${label.padEnd(8)}`, rows.length);
      const storedCount = await writeRows(sink, label, rows, (count) => progress.update(count));
      progress.finish(storedCount);
    }
  } finally {
    client.close();
  }
  folder.writeSampleState("loaded");
}
