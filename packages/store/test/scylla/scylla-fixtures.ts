import {
  connectScylla,
  ensureKeyspace,
  type ScyllaConnection,
  type ScyllaOptions,
} from "@ofs/store";
import { type ServerAddress, serverAddress } from "@ofs/testkit";
import { uniqueName } from "../fixtures.ts";

/** A keyspace of many tables takes a busy server a while. */
const DROP_TIMEOUT_MS = 100_000;

/** A keyspace that one test file has for itself: changes of schema are slow, so make one and many tables. */
export interface TestKeyspace {
  readonly options: ScyllaOptions;
  /** For the test's own statements. */
  readonly connection: ScyllaConnection;
  drop(): Promise<void>;
}

/** @param address default: the server that the test run provides */
export async function openTestKeyspace(
  address: ServerAddress = serverAddress("cassandra"),
): Promise<TestKeyspace> {
  const options: ScyllaOptions = {
    contactPoints: [address.host],
    port: address.port,
    keyspace: uniqueName("ofs_test"),
    connectionsPerHost: 1,
  };
  await ensureKeyspace(options, { factor: 1 });
  const connection = await connectScylla(options);
  return {
    options,
    connection,
    async drop() {
      await connection.client.execute(`DROP KEYSPACE ${connection.keyspace}`, [], {
        readTimeout: DROP_TIMEOUT_MS,
      });
      await connection.close();
    },
  };
}
