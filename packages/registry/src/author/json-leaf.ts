import type { AuthorValue } from "./author-value.ts";

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Members that are text for every reader of the tree, whatever they look like. */
const TEXT_MEMBERS: ReadonlySet<string> = new Set([
  "token",
  "sha256",
  "name",
  "table",
  "db-type",
  "default-value",
]);

/**
 * Writes a value as the JSON text of a leaf. Plain numbers and booleans stay such, digit by digit;
 * items of lists are text.
 */
export function formatJsonLeaf(value: AuthorValue, name = ""): string {
  switch (value.kind) {
    case "none":
      return "null";
    case "scalar": {
      const { text, isPlain } = value;
      const isLiteral = text === "true" || text === "false" || JSON_NUMBER.test(text);
      return isPlain && isLiteral && !TEXT_MEMBERS.has(name) ? text : JSON.stringify(text);
    }
    case "list":
      return `[${value.items.map(formatItem).join(",")}]`;
    case "map": {
      const members = [...value.members].filter(([, member]) => member.kind !== "none");
      const texts = members.map(
        ([key, member]) => `${JSON.stringify(key)}:${formatJsonLeaf(member, key)}`,
      );
      return `{${texts.join(",")}}`;
    }
  }
}

function formatItem(item: AuthorValue): string {
  return item.kind === "scalar" ? JSON.stringify(item.text) : formatJsonLeaf(item);
}
