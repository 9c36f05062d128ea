import { RowError } from "@ofs/rows";
import { invalid } from "./row-call.ts";
import type { RowRoute } from "./row-scope.ts";

const JOBS = ["BackupMetastoreJob", "UpdateMetastoreBackupJob"];

/** Backups. There is no bucket that they could be in, and the answers say so. */
export function operationRoutes(): RowRoute[] {
  return [
    {
      methods: ["GET"],
      paths: ["/kafka/topic-metadata"],
      async handle() {
        throw RowError.of("OFS-V2-KAFKA-CONFIG-NOT-FOUND-EXCEPTION");
      },
    },
    {
      methods: ["POST"],
      paths: ["/jobs/:job/start"],
      async handle(call) {
        const job = call.param("job");
        if (!JOBS.includes(job)) throw invalid("job", `must be one of ${JOBS.join(", ")}`);
        const message = `${job}: no bucket for backups is configured`;
        throw RowError.of("INVALID_REQUEST", { message });
      },
    },
  ];
}
