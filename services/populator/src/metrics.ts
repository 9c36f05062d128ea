import { Counter, Gauge, type Registry } from "prom-client";
import type { Progress } from "./runs/model.ts";

/** Tables told apart in metrics; those beyond are counted as one. */
const TABLES_MAX = 500;
const OTHER_TABLES = "other";

/** What the populator tells of its work. Names that start with `populator_` are Darwin's. */
export class PopulatorMetrics {
  readonly #workerId: string;
  readonly #tables = new Set<string>();
  readonly #success: Counter;
  readonly #failed: Counter;
  readonly #deletes: Counter;
  readonly #repeats: Counter;
  readonly #bytes: Counter;
  readonly #shards: Counter;
  readonly #busy: Gauge;

  /** @param assigned slots that this process has, by tenant */
  constructor(
    registry: Registry,
    workerId: string,
    slots: {
      readonly assigned: () => ReadonlyMap<string, number>;
      readonly required: () => ReadonlyMap<string, number>;
    },
  ) {
    const registers = [registry];
    this.#workerId = workerId;
    const labelNames = ["worker_id", "table_name"];
    this.#success = new Counter({
      name: "populator_worker_write_success_total",
      help: "Rows whose messages were acknowledged.",
      labelNames,
      registers,
    });
    this.#failed = new Counter({
      name: "populator_worker_write_failed_total",
      help: "Rows that were refused: nothing was sent for them.",
      labelNames,
      registers,
    });
    this.#deletes = new Counter({
      name: "ofs_populator_deletes_total",
      help: "Keys whose deletes were acknowledged.",
      labelNames,
      registers,
    });
    this.#repeats = new Counter({
      name: "ofs_populator_repeats_total",
      help: "Rows and deletes that may be in the log more than once.",
      labelNames,
      registers,
    });
    this.#bytes = new Counter({
      name: "ofs_populator_sent_bytes_total",
      help: "Keys and values of acknowledged messages.",
      registers,
    });
    this.#shards = new Counter({
      name: "ofs_populator_shards_total",
      help: "Shards by what became of them.",
      labelNames: ["outcome"],
      registers,
    });
    this.#busy = new Gauge({
      name: "ofs_populator_busy_workers",
      help: "Workers of this process that send rows.",
      registers,
    });
    new Gauge({
      name: "populator_worker_assigned",
      help: "Slots of a tenant that this process has.",
      labelNames: ["worker_id", "tenant_name"],
      registers,
      collect() {
        this.reset();
        for (const [tenant, count] of slots.assigned()) {
          this.set({ worker_id: workerId, tenant_name: tenant }, count);
        }
      },
    });
    new Gauge({
      name: "populator_worker_required",
      help: "Slots that a tenant is registered with.",
      labelNames: ["tenant_name"],
      registers,
      collect() {
        this.reset();
        for (const [tenant, count] of slots.required()) this.set({ tenant_name: tenant }, count);
      },
    });
  }

  sent(tableName: string, progress: Progress): void {
    const { sentCount, rejectedCount, deletedCount, repeatedCount, sentBytes } = progress;
    const labels = { worker_id: this.#workerId, table_name: this.#tableLabel(tableName) };
    this.#success.inc(labels, sentCount);
    this.#failed.inc(labels, rejectedCount);
    this.#deletes.inc(labels, deletedCount);
    this.#repeats.inc(labels, repeatedCount);
    this.#bytes.inc(sentBytes);
  }

  ended(outcome: "done" | "stopped" | "too-many-rejects" | "fenced" | "failed"): void {
    this.#shards.inc({ outcome });
  }

  busy(change: 1 | -1): void {
    this.#busy.inc(change);
  }

  #tableLabel(name: string): string {
    if (this.#tables.has(name)) return name;
    if (this.#tables.size >= TABLES_MAX) return OTHER_TABLES;
    this.#tables.add(name);
    return name;
  }
}
