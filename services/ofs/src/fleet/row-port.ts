import { createServer } from "node:net";

/** Where clients of the row dialect look for it. */
export const DEFAULT_ROW_PORT = 8080;

/**
 * @param wanted undefined: the usual one, or any that is free if another program has it: the row dialect is on the main port,
 * too
 */
export async function chooseRowPort(host: string, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) return wanted;
  return (await isFree(host, DEFAULT_ROW_PORT)) ? DEFAULT_ROW_PORT : 0;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}
