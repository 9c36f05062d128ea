import type { BreakerConfig, BreakerKey } from "../model.ts";
import { addNote, type Notes } from "./faults.ts";
import { type Entry, Fields, readEntries } from "./fields.ts";
import { INTEGER_MAX } from "./store-definition.ts";

/** Reads `circuitbreaker/<manager>`. Limits count only while it is enabled. @throws {NodeFault} */
export function parseBreaker(entry: Entry, notes: Notes): BreakerConfig {
  const fields = Fields.read(entry.node, entry.path, notes);
  const isEnabled = fields.boolean("enabled") ?? false;
  if (isEnabled) fields.requiredInteger("version", 1, 1);
  const limit = (name: string, min: number, max: number): number =>
    isEnabled ? fields.requiredInteger(name, min, max) : 0;
  const config: BreakerConfig = {
    name: entry.name,
    isEnabled,
    failureRateThreshold: limit("failure-rate-threshold", 1, 100),
    failureRateMinimumExecutions: limit("failure-rate-minimum-window", 0, INTEGER_MAX),
    failureRateWindowMs: limit("failure-rate-window-in-ms", 1, INTEGER_MAX),
    successCountThreshold: limit("success-count-threshold", 1, INTEGER_MAX),
    successCountWindow: limit("success-count-window", 1, INTEGER_MAX),
    openMs: limit("with-delay-in-ms", 0, INTEGER_MAX),
    keys: parseKeys(fields, notes),
  };
  if (config.successCountThreshold > config.successCountWindow) {
    const reason = `${config.successCountThreshold} is more than success-count-window ${config.successCountWindow}`;
    throw fields.fault("success-count-threshold", reason);
  }
  return config;
}

function parseKeys(fields: Fields, notes: Notes): ReadonlyMap<string, BreakerKey> {
  const keys = new Map<string, BreakerKey>();
  const path = fields.pathOf("active-cb-keys");
  for (const entry of readEntries(fields.node("active-cb-keys"), path)) {
    const key = Fields.read(entry.node, entry.path, notes);
    keys.set(entry.name, {
      isEnabled: key.boolean("enabled") ?? false,
      forcedState: parseForcedState(key, notes),
    });
  }
  return keys;
}

function parseForcedState(key: Fields, notes: Notes): BreakerKey["forcedState"] {
  const text = key.text("forced-state") ?? "0";
  if (text === "1") return "open";
  if (text === "-1") return "closed";
  if (text !== "0" && text !== "") {
    addNote(notes, key.pathOf("forced-state"), `${key.quote(text)} is not -1, 0 or 1; 0 is used`);
  }
  return "none";
}
