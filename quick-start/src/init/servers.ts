import { CreateBucketCommand, HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { KafkaAdmin } from "@ofs/ingest";
import { ensureKeyspace } from "@ofs/store";
import { createConnection } from "mysql2/promise";
import { required, say } from "./environment.ts";

/** Of the control plane's two dialects, and of the populator. */
const DATABASES = ["horizon", "metastore", "populator"];
export const LAKE = "lake";
const TOPICS: Readonly<Record<string, number>> = {
  "online-feature-store.feature_ingestion": 4,
  "online-feature-store.rows": 4,
};

/** What services expect to find: keyspaces, databases and their user, topics, buckets. What is there stays as it is. */
export async function prepareServers(): Promise<void> {
  await Promise.all([prepareKeyspaces(), prepareDatabases(), prepareTopics(), prepareBuckets()]);
}

/** Of both dialects: the control plane would make the second with its first entity, and until then it would count as down. */
async function prepareKeyspaces(): Promise<void> {
  const contactPoints = [required("STORAGE_SCYLLA_1_CONTACT_POINTS")];
  const port = Number(required("STORAGE_SCYLLA_1_PORT"));
  for (const variable of ["STORAGE_SCYLLA_1_KEYSPACE", "ROW_KEYSPACE"]) {
    const keyspace = required(variable);
    await ensureKeyspace({ contactPoints, port, keyspace }, { factor: 1 });
    say(`keyspace ${keyspace}`);
  }
}

async function prepareDatabases(): Promise<void> {
  const user = required("MYSQL_MASTER_USERNAME");
  const connection = await createConnection({
    host: required("MYSQL_MASTER_HOST"),
    port: Number(required("MYSQL_MASTER_PORT")),
    user: "root",
    password: process.env["MYSQL_ROOT_PASSWORD"] ?? "",
  });
  try {
    const password = connection.escape(required("MYSQL_MASTER_PASSWORD"));
    const account = `${connection.escape(user)}@'%'`;
    await connection.query(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${password}`);
    for (const database of DATABASES) {
      await connection.query(`CREATE DATABASE IF NOT EXISTS ${database}`);
      await connection.query(`GRANT ALL ON ${database}.* TO ${account}`);
    }
  } finally {
    await connection.end();
  }
  say(`databases ${DATABASES.join(", ")} of ${user}`);
}

async function prepareTopics(): Promise<void> {
  const brokers = [required("KAFKA_CONSUMERS_FEATURE_CONSUMER_BOOTSTRAP_SERVERS")];
  const admin = new KafkaAdmin({ brokers, clientId: "quick-start" });
  try {
    for (const [topic, partitionCount] of Object.entries(TOPICS)) {
      // It answers false where there is one of this name.
      await admin.createTopic(topic, { partitionCount }, 1);
      say(`topic ${topic}`);
    }
  } finally {
    await admin.close();
  }
}

async function prepareBuckets(): Promise<void> {
  const client = s3Client();
  try {
    for (const bucket of [required("ROW_S3_BUCKET"), LAKE]) {
      if (!(await hasBucket(client, bucket))) {
        await client.send(new CreateBucketCommand({ Bucket: bucket }));
      }
      say(`bucket ${bucket}`);
    }
  } finally {
    client.destroy();
  }
}

/** To the S3 server of the stack. Credentials are those of the environment. */
export function s3Client(): S3Client {
  const endpoint = required("ROW_S3_ENDPOINT");
  return new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true });
}

async function hasBucket(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "NotFound") return false;
    throw error;
  }
}
