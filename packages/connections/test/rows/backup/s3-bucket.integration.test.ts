import { type PrivateServer, S3_CREDENTIALS, startS3 } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { S3Bucket } from "../../../src/rows/backup/s3-bucket.ts";

const START_TIMEOUT_MS = 240_000;

let server: PrivateServer;

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", S3_CREDENTIALS.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", S3_CREDENTIALS.secretAccessKey);
  server = await startS3({ buckets: ["backups"] });
}, START_TIMEOUT_MS);

afterAll(async () => {
  vi.unstubAllEnvs();
  await server?.close();
});

async function open(bucket = "backups", prefix = "a/b"): Promise<S3Bucket> {
  const endpoint = `http://${server.address.text}`;
  return S3Bucket.open({ bucket, prefix, endpoint, region: "us-east-1" });
}

const signal = () => AbortSignal.timeout(60_000);

test("what is put is got, under any name; what is not there is undefined", {
  timeout: 60_000,
}, async () => {
  const bucket = await open();
  const other = await open("backups", "");
  expect(bucket.name).toBe("s3://backups/a/b");
  const text = JSON.stringify({ names: ["ä", "🧮"], long: "x".repeat(1_000_000) });
  const key = "entities/na%20me ü+&.json";
  expect(await bucket.get(key, signal())).toBeUndefined();
  await bucket.put(key, "first", signal());
  await bucket.put(key, text, signal());
  expect(Buffer.from((await bucket.get(key, signal())) ?? "").toString()).toBe(text);
  expect(Buffer.from((await other.get(`a/b/${key}`, signal())) ?? "").toString()).toBe(text);
  bucket.close();
  other.close();
});

test("a bucket that is not there, and a server that is not there, are unavailable", {
  timeout: 120_000,
}, async () => {
  const none = await open("none");
  const told = { code: "UNAVAILABLE", message: expect.stringContaining("s3://none/a/b/k") };
  await expect(none.get("k", signal())).rejects.toMatchObject(told);
  none.close();
  const bucket = await open();
  await server.kill();
  await expect(bucket.get("k", signal())).rejects.toMatchObject({ code: "UNAVAILABLE" });
  bucket.close();
});
