import { promisify } from "node:util";
import { constants, deflateRaw } from "node:zlib";
import type { RowCall } from "./row-call.ts";
import type { RowRoute } from "./row-scope.ts";

const compress = promisify(deflateRaw);

/** Latest date that there is. */
const TIME_MS_MAX = 8_640_000_000_000_000;

/**
 * The two lists that fill caches, as one text: of everything, and of what has changed since.
 *
 * @param member name of the list in that text
 */
export function shareList(
  prefix: string,
  member: string,
  list: (sinceMs?: number) => Promise<readonly object[]>,
): RowRoute[] {
  const share = async (call: RowCall, sinceMs?: number): Promise<string> => {
    const isCompressed = call.flagHeader("compressed-response", true);
    const text = JSON.stringify({ [member]: await list(sinceMs) });
    return JSON.stringify(isCompressed ? await toBase64(text) : text);
  };
  return [
    { methods: ["GET"], paths: [`${prefix}/all`], handle: (call) => share(call) },
    {
      methods: ["GET"],
      paths: [`${prefix}/all-updated`],
      async handle(call) {
        const sinceMs = call.integerQuery("timestamp", { min: 0, max: TIME_MS_MAX });
        return share(call, sinceMs);
      },
    },
  ];
}

/** Base64 of DEFLATE without a header. */
async function toBase64(text: string): Promise<string> {
  const bytes = await compress(text, { level: constants.Z_BEST_COMPRESSION });
  return bytes.toString("base64");
}
