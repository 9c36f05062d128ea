import { join } from "node:path";
import { type PrivateServer, S3_CREDENTIALS, startS3 } from "@ofs/testkit";
import {
  installDeltalake,
  runPython,
} from "../../../../packages/delta/test/support/fixture-tables.ts";

const BUCKET = "lake";
const REGION = "us-east-1";
const LOCATION = `s3://${BUCKET}/tables/all types`;

/** A row as the `deltalake` package reads it: cells in the exact form of `formatRow`. */
export type ExactRow = { readonly id: string; readonly seq: unknown } & Readonly<
  Record<string, unknown>
>;

export interface TableState {
  /** The latest. */
  readonly version: number;
  readonly rows: readonly ExactRow[];
}

/** A Delta table on a server with the S3 API; the `deltalake` package writes it, and tells what is in it. */
export class S3Table {
  readonly path = LOCATION;
  readonly #server: PrivateServer;
  readonly #python: string;

  private constructor(server: PrivateServer, python: string) {
    this.#server = server;
    this.#python = python;
  }

  static async open(): Promise<S3Table> {
    const python = await installDeltalake();
    return new S3Table(await startS3({ buckets: [BUCKET] }), python);
  }

  /** Writes the versions of one phase of `make_table.py`. */
  async write(phase: "first" | "second"): Promise<TableState> {
    const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
    const storage = {
      AWS_ENDPOINT_URL: this.#endpoint,
      AWS_ALLOW_HTTP: "true",
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    const script = join(import.meta.dirname, "make_table.py");
    const input = JSON.stringify({ phase, storage });
    return JSON.parse(await runPython(this.#python, script, [LOCATION], { input }));
  }

  /** Of a populator that reads it. */
  environment(): Record<string, string> {
    return {
      POPULATOR_S3_ENDPOINT: this.#endpoint,
      POPULATOR_S3_REGION: REGION,
      POPULATOR_S3_PATH_STYLE: "true",
      AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
    };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  get #endpoint(): string {
    return `http://${this.#server.address.text}`;
  }
}
