import { openEmbeddedWorld } from "./contract/embedded-world.ts";
import { rowContract } from "./contract/row-contract.ts";

rowContract("rows in a data folder", openEmbeddedWorld);
