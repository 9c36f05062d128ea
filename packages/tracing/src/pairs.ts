/**
 * Parses `name=value,name=value` as OpenTelemetry's variables have it: values percent-encoded, blanks around both dropped.
 *
 * @returns undefined if it is not that
 */
export function parsePairs(text: string): Readonly<Record<string, string>> | undefined {
  const found: Record<string, string> = {};
  for (const entry of text.split(",")) {
    if (entry.trim() === "") continue;
    const at = entry.indexOf("=");
    const name = entry.slice(0, Math.max(0, at)).trim();
    const value = decode(entry.slice(at + 1).trim());
    if (name === "" || value === undefined) return undefined;
    found[name] = value;
  }
  return found;
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
