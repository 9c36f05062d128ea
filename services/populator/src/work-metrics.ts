import { STORAGE_OPERATIONS, type StorageObserver, type StorageOperation } from "@ofs/delta";
import type { ErrorCode } from "@ofs/platform";
import { Counter, Histogram, type Registry } from "prom-client";
import { WORK_PHASES, WorkTimes } from "./runs/work-times.ts";

/** Seconds until the head of an answer is here: from a server beside this one to one that is overloaded. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the time of workers goes into, and what object storage is asked for. */
export class WorkMetrics implements StorageObserver {
  readonly #seconds: Counter<"phase">;
  readonly #decodeSeconds: Counter;
  readonly #requestSeconds: Histogram<"operation">;
  readonly #failures: Counter<"operation" | "code">;
  readonly #repeats: Counter<"operation">;
  readonly #bytes: Counter;
  /** Of shards in work. */
  readonly #times = new Set<WorkTimes>();

  constructor(registry: Registry) {
    const registers = [registry];
    const times = this.#times;
    this.#seconds = new Counter({
      name: "ofs_populator_work_seconds_total",
      help: "Time of busy workers by what they did or waited for; each is in one phase at a time.",
      labelNames: ["phase"],
      registers,
      // A wait that lasts shows while it lasts.
      collect: () => {
        for (const one of times) one.flush();
      },
    });
    for (const phase of WORK_PHASES) this.#seconds.inc({ phase }, 0);
    this.#decodeSeconds = new Counter({
      name: "ofs_populator_decode_seconds_total",
      help: "Time of the threads that decode files, which work ahead of the workers.",
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: "ofs_populator_storage_request_seconds",
      help: "Answered requests to object storage, until the head of the answer was here.",
      labelNames: ["operation"],
      buckets: REQUEST_BUCKETS,
      registers,
    });
    this.#failures = new Counter({
      name: "ofs_populator_storage_failures_total",
      help: "Requests to object storage that failed after all tries, or while the answer came.",
      labelNames: ["operation", "code"],
      registers,
    });
    this.#repeats = new Counter({
      name: "ofs_populator_storage_repeats_total",
      help: "Requests to object storage that were made once more.",
      labelNames: ["operation"],
      registers,
    });
    this.#bytes = new Counter({
      name: "ofs_populator_storage_received_bytes_total",
      help: "Bytes of objects that object storage sent.",
      registers,
    });
    for (const operation of STORAGE_OPERATIONS) {
      this.#requestSeconds.zero({ operation });
      this.#failures.inc({ operation, code: "UNAVAILABLE" }, 0);
      this.#repeats.inc({ operation }, 0);
    }
  }

  /** A shard begins. Give it back to `ended`. */
  began(): WorkTimes {
    const times = new WorkTimes(
      () => performance.now(),
      (phase, seconds) => this.#seconds.inc({ phase }, seconds),
    );
    this.#times.add(times);
    return times;
  }

  ended(times: WorkTimes): void {
    times.flush();
    this.#times.delete(times);
  }

  decoded(ms: number): void {
    this.#decodeSeconds.inc(ms / 1_000);
  }

  answered(operation: StorageOperation, seconds: number, attempts: number): void {
    this.#requestSeconds.observe({ operation }, seconds);
    this.#repeated(operation, attempts);
  }

  failed(operation: StorageOperation, code: ErrorCode, attempts: number): void {
    this.#failures.inc({ operation, code });
    this.#repeated(operation, attempts);
  }

  received(bytes: number): void {
    this.#bytes.inc(bytes);
  }

  #repeated(operation: StorageOperation, attempts: number): void {
    if (attempts > 1) this.#repeats.inc({ operation }, attempts - 1);
  }
}
