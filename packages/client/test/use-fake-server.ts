import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { FakeServer, float32, group, userSchema } from "./fake-server.ts";

export const SCORES = group("scores", "DataTypeFP32", { ctr: {} });
export const REQUEST = { entity: "user", keys: [["1", "Oslo"]], features: { scores: ["ctr"] } };
export const RAW = { ...REQUEST, keysSchema: ["user_id", "city"] };

/**
 * A server for the tests of a file, with `SCORES` and nothing seen before each of them.
 *
 * @param prepare changes that for the file's tests
 */
export function useFakeServer(prepare?: (server: FakeServer) => void): FakeServer {
  const server = new FakeServer();
  beforeAll(() => server.listen());
  beforeEach(() => {
    server.schema = userSchema(1, SCORES);
    server.column = () => float32(1);
    server.healthStatus = 1;
    prepare?.(server);
  });
  afterEach(() => {
    server.calls.length = 0;
    server.intercept = () => undefined;
  });
  afterAll(() => server.stop());
  return server;
}
