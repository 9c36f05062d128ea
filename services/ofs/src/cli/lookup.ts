import { type EntityDescription, type OfsClient, OfsClientError } from "@ofs/client";
import { UsageError } from "./failures.ts";
import type { CliIo } from "./io.ts";
import { suggest } from "./suggest.ts";

/** @throws {UsageError} if there is no such entity, naming those it could be; {OfsClientError} */
export async function describeEntity(client: OfsClient, label: string): Promise<EntityDescription> {
  try {
    const { entities } = await client.describe([label]);
    const entity = entities.find((one) => one.label === label);
    if (entity !== undefined) return entity;
  } catch (cause) {
    if (!(cause instanceof OfsClientError) || cause.code !== "NOT_FOUND") throw cause;
  }
  const { entities } = await client.describe();
  const labels = entities.map((one) => one.label);
  if (labels.length === 0) {
    throw new UsageError(
      `no entity "${label}": the registry has none; \`ofs load\` publishes some`,
    );
  }
  throw new UsageError(`no entity "${label}"${suggest(label, labels)}`);
}

/** Says on stderr what of the entity is not served. */
export function noteFaults(entity: EntityDescription, io: CliIo): void {
  for (const { path, reason } of entity.faults) {
    io.stderr.write(`note: not served: ${path}: ${reason}\n`);
  }
}
