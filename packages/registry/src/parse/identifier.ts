import { NodeFault } from "./faults.ts";
import { quote } from "./fields.ts";

/** Names of tables and columns go into statements as text, so nothing else may get in. */
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]{0,221}$/;

/** @throws {NodeFault} if the name cannot be a table's or a column's */
export function assertIdentifier(path: string, name: string): void {
  if (IDENTIFIER.test(name)) return;
  throw new NodeFault(path, `${quote(name)} is not a table or column name: letters, digits, _`);
}
