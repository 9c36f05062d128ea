import { FeatureStoreError } from "@ofs/platform";
import { passedLimit, type RequestLimits } from "../../request-limits.ts";
import type { RowTable } from "../../row-store.ts";
import { recordFailure } from "../embedded-failures.ts";
import type { EmbeddedEnvironment } from "../environment.ts";
import { NotOfTypeError } from "./order-encoding.ts";
import { RowTree } from "./row-tree.ts";
import { type TableDefinition, TableDefinitions } from "./table-definitions.ts";

/** What reading and writing one tenant's rows have in common. */
export class TenantRows {
  readonly environment: EmbeddedEnvironment;
  readonly tree: RowTree;
  readonly #definitions: TableDefinitions;
  readonly #subject: string;
  readonly #now: () => number;
  #isClosed = false;

  constructor(environment: EmbeddedEnvironment, tenant: string, now: () => number) {
    this.environment = environment;
    this.tree = new RowTree(environment.table("rows"), environment.table("row_tables"));
    this.#definitions = new TableDefinitions(environment, tenant);
    this.#subject = `embedded store in ${environment.folder}, tenant ${tenant}`;
    this.#now = now;
  }

  nowSeconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  close(): void {
    this.#isClosed = true;
  }

  /** @throws {FeatureStoreError} FAILED_PRECONDITION if there is no such table */
  definition(table: RowTable): TableDefinition {
    const definition = this.#definitions.get(table.name);
    if (definition !== undefined) return definition;
    const message = `${this.subjectOf(table)}: there is no such table`;
    throw new FeatureStoreError("FAILED_PRECONDITION", message);
  }

  /** Says why a request must not go on, or nothing if it may. */
  refuse(request: RequestLimits & { readonly table: RowTable }): FeatureStoreError | undefined {
    const subject = this.subjectOf(request.table);
    return this.closedFailure() ?? passedLimit(request, Date.now(), subject);
  }

  closedFailure(): FeatureStoreError | undefined {
    if (!this.#isClosed && !this.environment.isClosed) return undefined;
    return new FeatureStoreError("UNAVAILABLE", `${this.#subject}: it is closed`);
  }

  invalid(table: RowTable, reason: string): FeatureStoreError {
    return new FeatureStoreError("INVALID_ARGUMENT", `${this.subjectOf(table)}: ${reason}`);
  }

  /** Of one row. A key value that is not of its type is the caller's fault. */
  failure(table: RowTable, error: unknown): FeatureStoreError {
    if (error instanceof NotOfTypeError) return this.invalid(table, error.message);
    return recordFailure(this.environment.folder, error);
  }

  /** For messages. */
  subjectOf({ name }: RowTable): string {
    return `${this.#subject}, table ${name}`;
  }
}
