import { randomBytes } from "node:crypto";
import type { MysqlSettings } from "@ofs/database";
import type { ServerAddress } from "@ofs/testkit";
import { createConnection } from "mysql2/promise";

export interface TestDatabase {
  readonly settings: MysqlSettings;
  /** Runs statements as another program would. @returns the last one's rows */
  run(...statements: readonly string[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** A new database on a server of the test kit. */
export async function createTestDatabase({ host, port }: ServerAddress): Promise<TestDatabase> {
  const database = `ofs_${randomBytes(6).toString("hex")}`;
  const server = { host, port, user: "root" };
  const withConnection = async <T>(
    options: Parameters<typeof createConnection>[0],
    work: (connection: Awaited<ReturnType<typeof createConnection>>) => Promise<T>,
  ): Promise<T> => {
    const connection = await createConnection(options);
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  };
  await withConnection(server, (connection) => connection.query(`create database ${database}`));
  return {
    settings: { kind: "mysql", host, port, username: "root", password: "", database },
    run: (...statements) =>
      withConnection({ ...server, database, dateStrings: true }, async (connection) => {
        let rows: unknown;
        for (const statement of statements) [rows] = await connection.query(statement);
        return rows as Record<string, unknown>[];
      }),
    drop: async () => {
      await withConnection(server, (connection) => connection.query(`drop database ${database}`));
    },
  };
}
