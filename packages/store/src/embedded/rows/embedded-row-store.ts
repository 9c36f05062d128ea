import type {
  CellBytes,
  RowCells,
  RowRead,
  RowReadOutcome,
  RowScan,
  RowStore,
  RowTable,
  RowWrite,
  RowWriteOutcome,
} from "../../row-store.ts";
import { refuseRowKey } from "../../rows/row-checks.ts";
import type { EmbeddedEnvironment } from "../environment.ts";
import { RowLookups } from "./row-lookups.ts";
import { RowMerges } from "./row-merges.ts";
import { TenantRows } from "./tenant-rows.ts";

export interface EmbeddedRowStoreOptions {
  /** Stays open when the store is closed: its owner closes it. */
  readonly environment: EmbeddedEnvironment;
  /** Tenants share the data folder, and none sees another's tables. */
  readonly tenant: string;
  /** Unix milliseconds, for TTLs. Default: the clock. */
  readonly now?: () => number;
}

/**
 * Rows of one tenant in the data folder. Reads are look-ups in mapped memory; writes merge in a transaction and are
 * acknowledged once they are on disk. No read holds on to the data as they were when it began: each page of a scan is of
 * its own time.
 */
export class EmbeddedRowStore implements RowStore {
  readonly kind = "embedded";
  readonly #rows: TenantRows;
  readonly #lookups: RowLookups;
  readonly #merges: RowMerges;

  constructor({ environment, now = Date.now, tenant }: EmbeddedRowStoreOptions) {
    this.#rows = new TenantRows(environment, tenant, now);
    this.#lookups = new RowLookups(this.#rows);
    this.#merges = new RowMerges(this.#rows);
  }

  write(request: RowWrite): Promise<RowWriteOutcome[]> {
    return this.#merges.write(request);
  }

  read(request: RowRead): Promise<RowReadOutcome[]> {
    return this.#lookups.read(request);
  }

  scan(request: RowScan): AsyncGenerator<readonly RowCells[]> {
    return this.#lookups.scan(request);
  }

  refuseKey(table: RowTable, key: readonly CellBytes[]): string | undefined {
    return refuseRowKey(table, key);
  }

  async ping(): Promise<void> {
    const failure = this.#rows.closedFailure();
    if (failure !== undefined) throw failure;
    const { environment } = this.#rows;
    environment.refresh();
    environment.table("meta").doesExist(Buffer.from("format"));
  }

  async close(): Promise<void> {
    this.#rows.close();
  }
}
