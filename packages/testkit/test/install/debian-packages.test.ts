import { expect, test } from "vitest";
import { parseAptSimulation } from "../../src/install/debian-packages.ts";

test("reads the packages that apt would unpack", () => {
  const output = `Reading package lists...
The following NEW packages will be installed:
  libjemalloc2 redis-tools
Inst libjemalloc2 (5.3.0-1 Debian:12.15/oldstable [amd64])
Inst redis-tools [5:7.0.15-1] (5:7.0.15-1~deb12u10 Debian:12.15/oldstable [amd64]) []
Conf libjemalloc2 (5.3.0-1 Debian:12.15/oldstable [amd64])
`;
  expect(parseAptSimulation(output)).toEqual([
    "libjemalloc2=5.3.0-1",
    "redis-tools=5:7.0.15-1~deb12u10",
  ]);
});

test("nothing to unpack is an empty list", () => {
  expect(parseAptSimulation("0 upgraded, 0 newly installed\n")).toEqual([]);
});
