import { RowError } from "@ofs/rows";
import type { BackupJobs } from "../operations/backup-jobs.ts";
import type { RowAdmin } from "../row-admin.ts";
import { invalid } from "./row-call.ts";
import type { RowRoute } from "./row-scope.ts";

/** Jobs that are started by hand, by the names that operators know. */
const JOBS: ReadonlyMap<string, (backups: BackupJobs) => Promise<void>> = new Map([
  ["BackupMetastoreJob", (backups: BackupJobs) => backups.full()],
  ["UpdateMetastoreBackupJob", (backups: BackupJobs) => backups.update()],
]);

/** Backups: started, and looked into. */
export function operationRoutes({ backups }: RowAdmin): RowRoute[] {
  return [
    {
      methods: ["GET"],
      paths: ["/kafka/topic-metadata"],
      async handle() {
        const kafkaTopicMetadata = await backups?.topics();
        if (kafkaTopicMetadata === undefined) {
          throw RowError.of("OFS-V2-KAFKA-CONFIG-NOT-FOUND-EXCEPTION");
        }
        return JSON.stringify({ kafkaTopicMetadata });
      },
    },
    {
      methods: ["POST"],
      paths: ["/jobs/:job/start"],
      async handle(call) {
        const name = call.param("job");
        const start = JOBS.get(name);
        if (start === undefined) {
          const known = [...JOBS.keys()].join(", ");
          throw invalid("job", `must be one of ${known}, not ${name.slice(0, 100)}`);
        }
        if (backups === undefined) {
          throw invalid("job", `${name} has no bucket for backups (ROW_S3_BUCKET)`);
        }
        await start(backups);
        return JSON.stringify("Successful");
      },
    },
  ];
}
