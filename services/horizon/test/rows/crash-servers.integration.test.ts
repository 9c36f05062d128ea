import { describeCrashes } from "./support/crash-suite.ts";
import { serverPlaces } from "./support/server-world.ts";

describeCrashes(serverPlaces());
