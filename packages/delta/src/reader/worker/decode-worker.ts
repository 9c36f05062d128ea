import { parentPort, workerData } from "node:worker_threads";
import { DeltaError } from "../../errors.ts";
import { HyparquetDecoder } from "./hyparquet-decoder.ts";
import {
  BATCHES_AHEAD,
  type ReadJob,
  type WorkerReply,
  type WorkerRequest,
  type WorkerSettings,
} from "./messages.ts";
import { transferables } from "./pack-column.ts";
import { openParquetFile } from "./parquet-file.ts";
import { type Decoders, readJob } from "./read-job.ts";

/** Room for batches of the job in work. */
class Room {
  #count = BATCHES_AHEAD;
  #isCancelled = false;
  #wake: (() => void) | undefined;

  add(): void {
    this.#count++;
    this.#wake?.();
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#wake?.();
  }

  /** @returns false if the job is cancelled */
  async take(): Promise<boolean> {
    while (this.#count === 0 && !this.#isCancelled) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#count--;
    return !this.#isCancelled;
  }
}

const port = parentPort;
if (port === null) throw new Error("this module runs in a worker thread");

let room = new Room();
/** The job in work; never rejects. */
let work: Promise<void> = Promise.resolve();

function send(reply: WorkerReply, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(reply, transfer);
}

function sendFailure(error: unknown): void {
  if (error instanceof DeltaError) {
    send({ kind: "error", code: error.code, message: error.message });
  } else {
    const { stack = String(error) } = error as Error;
    send({ kind: "error", code: "INTERNAL", message: stack });
  }
}

async function read(job: ReadJob, decoders: Decoders): Promise<void> {
  const own = room;
  let sinceMs = performance.now();
  for await (const decoded of readJob(job, decoders)) {
    const decodeMs = performance.now() - sinceMs;
    if (!(await own.take())) break;
    const batch = { ...decoded, decodeMs };
    send({ kind: "batch", batch }, batch.columns.flatMap(transferables));
    sinceMs = performance.now();
  }
  send({ kind: "end" });
}

async function describe(path: string): Promise<void> {
  const { fields, rowCount } = await openParquetFile(path);
  send({ kind: "description", description: { fields, rowCount } });
  send({ kind: "end" });
}

function cancel({ main }: Decoders): void {
  room.cancel();
  main.interrupt();
}

/** Nothing of DuckDB may be at work when a thread ends: its library would end the process. */
function end({ main }: Decoders): void {
  main.close();
  port?.close();
}

function handle(request: WorkerRequest, decoders: Decoders): void {
  switch (request.kind) {
    case "more":
      room.add();
      break;
    case "cancel":
      cancel(decoders);
      break;
    case "read":
      room = new Room();
      work = read(request.job, decoders).catch(sendFailure);
      break;
    case "describe":
      work = describe(request.path).catch(sendFailure);
      break;
    case "close":
      cancel(decoders);
      work.then(() => end(decoders)).catch(sendFailure);
      break;
  }
}

/** DuckDB is loaded here and nowhere else: its native library may be missing. */
async function openDecoders({ decoder, memoryBytesMax }: WorkerSettings): Promise<Decoders> {
  const plain = new HyparquetDecoder();
  if (decoder === "hyparquet") return { main: plain, plain };
  try {
    const { DuckDbDecoder } = await import("./duckdb-decoder.ts");
    return { main: await DuckDbDecoder.open(memoryBytesMax), plain };
  } catch (cause) {
    if (decoder === "auto") return { main: plain, plain };
    throw new DeltaError("UNIMPLEMENTED", `DuckDB cannot be loaded: ${String(cause)}`, { cause });
  }
}

try {
  const decoders = await openDecoders(workerData as WorkerSettings);
  port.on("message", (request: WorkerRequest) => handle(request, decoders));
  send({ kind: "ready" });
} catch (error) {
  sendFailure(error);
}
