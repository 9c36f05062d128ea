import { ConfigError } from "@ofs/platform";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";

function fleetOf(value: string | undefined) {
  return loadConfig({ OFS_DATA_FOLDER: "/data", HORIZON_FLEET_SERVICES: value }).fleet.targets;
}

describe("HORIZON_FLEET_SERVICES", () => {
  it("lists instances, several of one service too", () => {
    expect(
      fleetOf(
        " api-server=http://10.0.0.1:8089/, api-server = https://API.example.org,consumer=http://[::1]:8090",
      ),
    ).toEqual([
      { service: "api-server", url: "http://10.0.0.1:8089" },
      { service: "api-server", url: "https://api.example.org" },
      { service: "consumer", url: "http://[::1]:8090" },
    ]);
  });

  it("may be left out", () => {
    expect(fleetOf(undefined)).toEqual([]);
    expect(fleetOf("")).toEqual([]);
  });

  it.each([
    ["http://10.0.0.1:8089", "must be SERVICE=URL"],
    ["server=http://10.0.0.1:8089", "services: api-server, consumer, populator"],
    ["api-server=10.0.0.1:8089", "must be SERVICE=URL"],
    ["api-server=ftp://10.0.0.1", "must be SERVICE=URL"],
    ["api-server=http://10.0.0.1:8089/metrics", "must be SERVICE=URL"],
    ["api-server=http://user:word@10.0.0.1", "must be SERVICE=URL"],
    ["api-server=http://10.0.0.1:8089?a=b", "must be SERVICE=URL"],
    ["api-server=http://a:80,consumer=http://a/", "must name no address twice"],
    [
      Array.from({ length: 65 }, (_, at) => `consumer=http://10.0.0.${at}:1`).join(),
      "must name at most 64 instances",
    ],
  ])("refuses %s", (value, fault) => {
    expect(() => fleetOf(value)).toThrow(ConfigError);
    expect(() => fleetOf(value)).toThrow(fault);
  });
});
