import type { ScyllaConnection } from "../connection.ts";

/** For messages. */
export function storeSubject({ keyspace }: Pick<ScyllaConnection, "keyspace">): string {
  return `scylla keyspace ${keyspace}`;
}

/** For messages. */
export function tableSubject(
  connection: Pick<ScyllaConnection, "keyspace">,
  table: { readonly name: string },
): string {
  return `${storeSubject(connection)}, table ${table.name}`;
}
