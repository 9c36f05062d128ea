export type {
  DistributedCache,
  DistributedFill,
  DistributedRecord,
  ProcessCache,
  ProcessCacheStats,
} from "./ports.ts";
