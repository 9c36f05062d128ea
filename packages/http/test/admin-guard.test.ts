import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { ADMIN_TOKEN_HEADER, AdminGuard } from "../src/index.ts";

const TOKEN = "the operators' token";
const OWN = "the program's own token";

function request(token: string | undefined, remoteAddress: string): IncomingMessage {
  const headers = { host: "127.0.0.1:1", ...(token && { [ADMIN_TOKEN_HEADER]: token }) };
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

describe("a guard with a token of its program", () => {
  it("admits it from anywhere, beside the operators' token", () => {
    const guard = new AdminGuard(TOKEN, OWN);
    for (const token of [TOKEN, OWN]) guard.assertAllowed(request(token, "10.0.0.7"));
    expect(() => guard.assertAllowed(request("another", "10.0.0.7"))).toThrow("is not valid");
    expect(() => guard.assertAllowed(request(undefined, "127.0.0.1"))).toThrow("is missing");
  });

  it("admits it where else only this machine is admitted", () => {
    const guard = new AdminGuard(undefined, OWN);
    guard.assertAllowed(request(OWN, "10.0.0.7"));
    guard.assertAllowed(request(undefined, "127.0.0.1"));
    guard.assertAllowed(request("another", "127.0.0.1"));
    for (const token of [undefined, "another"]) {
      expect(() => guard.assertAllowed(request(token, "10.0.0.7"))).toThrow("on the same machine");
    }
  });
});
