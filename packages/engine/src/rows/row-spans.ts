import type { Span } from "@ofs/platform";
import type { ResolvedGroup } from "@ofs/rows";

/**
 * One request to the store of a tenant.
 *
 * @param batchSize keys or rows that it names
 */
export function startRowSpan(
  parent: Span,
  operation: "read" | "write" | "scan",
  { metadata }: ResolvedGroup,
  tenant: string,
  batchSize: number,
): Span {
  return parent.startChild(`${operation} ${metadata.name}`, "client", {
    "db.operation.name": operation,
    "db.operation.batch.size": batchSize,
    "ofs.feature_group": metadata.name,
    "ofs.feature_group.version": metadata.version,
    "ofs.tenant": tenant,
  });
}
