import { describe, expect, it } from "vitest";
import { addressOf, type Fleet, isLoopback } from "../../src/fleet/fleet.ts";
import { formatWelcome, type WelcomeContext } from "../../src/fleet/welcome.ts";

const FLEET: Fleet = {
  address: "127.0.0.1:8089",
  port: 8089,
  rowAddress: "127.0.0.1:8080",
  consumerAddress: "127.0.0.1:8090",
  consumerPort: 8090,
  horizonAddress: "127.0.0.1:8082",
  horizonPort: 8082,
  populatorAddress: "127.0.0.1:8091",
  populatorPort: 8091,
  firstAdmin: undefined,
  dataFolder: "/data",
  hasSample: true,
  entityCount: 3,
};
const CONTEXT: WelcomeContext = {
  cli: "npm run -s ofs --",
  isDefaultAddress: true,
  isExposed: false,
  startMs: 812,
};

describe("formatWelcome", () => {
  it("tells where it serves and gives commands without the address that they find by themselves", () => {
    const text = formatWelcome(FLEET, CONTEXT);
    expect(text).toContain("serving gRPC and HTTP on 127.0.0.1:8089 (started in 0.8 s)\n");
    expect(text).toContain("caller quickstart, token quickstart\n");
    expect(text).toContain("\nnpm run -s ofs -- get route origin=SEA,destination=SFO\n");
    expect(text).toContain("the row dialect answers there and on 127.0.0.1:8080\n");
    expect(formatWelcome({ ...FLEET, rowAddress: undefined }, CONTEXT)).not.toContain(
      "row dialect",
    );
    expect(text).toContain("the consumer answers on 127.0.0.1:8090\n");
    expect(text).toMatch(/ -- produce movie '.*' --wait\n/);
    expect(text).not.toContain("warning");
  });

  it("shows the password of an administrator that was made, and of no other", () => {
    const firstAdmin = { email: "admin@admin.com", madePassword: "made-here" };
    const text = formatWelcome({ ...FLEET, firstAdmin }, CONTEXT);
    expect(text).toContain("the control plane answers on http://127.0.0.1:8082 (API: /docs)\n");
    expect(text).toContain("administrator admin@admin.com, password made-here (shown this once)\n");
    expect(formatWelcome(FLEET, CONTEXT)).not.toContain("administrator");
  });

  it("gives the address where it is another one", () => {
    const fleet = { ...FLEET, address: "127.0.0.1:9000", consumerAddress: "127.0.0.1:9001" };
    const text = formatWelcome(fleet, { ...CONTEXT, isDefaultAddress: false });
    expect(text).toContain("\nnpm run -s ofs -- --address 127.0.0.1:9000 describe\n");
    expect(text).toContain(" --wait --consumer 127.0.0.1:9001\n");
    expect(text).toContain("http://127.0.0.1:9000/api/v1/features/retrieve/decoded");
  });

  it("warns where others can use the sample's token", () => {
    expect(formatWelcome(FLEET, { ...CONTEXT, isExposed: true })).toMatch(/^warning: others/m);
  });

  it("says how to fill an empty registry", () => {
    const text = formatWelcome({ ...FLEET, hasSample: false, entityCount: 0 }, CONTEXT);
    expect(text).toContain("npm run -s ofs -- load FILE.yaml");
    expect(text).not.toContain("quickstart");
  });

  it("gives no sample commands where the registry is the user's own", () => {
    const text = formatWelcome({ ...FLEET, hasSample: false }, CONTEXT);
    expect(text).toContain("--caller-id CALLER --token TOKEN describe");
    expect(text).not.toContain("inception");
  });
});

describe("addressOf", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1:1"],
    ["0.0.0.0", "127.0.0.1:1"],
    ["::", "127.0.0.1:1"],
    ["::1", "[::1]:1"],
    ["localhost", "localhost:1"],
  ])("%s is reached at %s", (host, address) => {
    expect(addressOf(host, 1)).toBe(address);
  });
});

describe("isLoopback", () => {
  it("tells what others can reach", () => {
    expect(["127.0.0.1", "127.1.2.3", "::1", "localhost"].map(isLoopback)).not.toContain(false);
    expect(["0.0.0.0", "::", "10.0.0.1", "example.org"].map(isLoopback)).not.toContain(true);
  });
});
