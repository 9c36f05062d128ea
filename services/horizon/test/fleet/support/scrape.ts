/** Numbers of an api-server, as it exports them. */
export interface ServerNumbers {
  readonly reads?: number;
  readonly failedReads?: number;
  readonly writes?: number;
  readonly refusals?: number;
  readonly hits?: number;
  readonly misses?: number;
  readonly startedSeconds?: number;
  readonly revision?: number;
  readonly isLive?: boolean;
  /** Unix seconds, by `entity/group`. */
  readonly lastWrites?: Readonly<Record<string, number>>;
}

const READ = 'method="/retrieve.FeatureService/RetrieveFeatures",caller_id="c"';
const WRITE = 'method="/persist.FeatureService/PersistFeatures",caller_id="c"';
const LATENCY = "ofs_grpc_server_request_latency_seconds_bucket";

/** `/metrics` of an api-server: all calls take between 1 and 2.5 ms. */
export function serverMetrics(numbers: ServerNumbers = {}): string {
  const { reads = 0, failedReads = 0, writes = 0, refusals = 0, hits = 0, misses = 0 } = numbers;
  const { startedSeconds = 1_000, revision = 5, isLive = true, lastWrites = {} } = numbers;
  return [
    "# TYPE process_start_time_seconds gauge",
    `process_start_time_seconds{service="onfs"} ${startedSeconds}`,
    `ofs_registry_revision{service="onfs"} ${revision}`,
    `ofs_registry_live{service="onfs"} ${isLive ? 1 : 0}`,
    `ofs_grpc_server_requests_total{${READ},status="OK"} ${reads}`,
    `ofs_grpc_server_requests_total{${READ},status="Unavailable"} ${failedReads}`,
    `ofs_grpc_server_requests_total{${READ},status="InvalidArgument"} 1`,
    `ofs_grpc_server_requests_total{${WRITE},status="OK"} ${writes}`,
    `ofs_overload_refused_total ${refusals}`,
    `${LATENCY}{le="0.001",${READ},status="OK"} 0`,
    `${LATENCY}{le="0.0025",${READ},status="OK"} ${reads}`,
    `${LATENCY}{le="+Inf",${READ},status="OK"} ${reads}`,
    `ofs_feature_retrieve_cache_hit_total{entity_name="user",cache_type="in_memory"} ${hits}`,
    `ofs_feature_retrieve_cache_miss_total{entity_name="user",cache_type="in_memory"} ${misses}`,
    ...lastWriteLines(lastWrites),
    "something_else{x=",
  ].join("\n");
}

/** Numbers of a consumer of the topic `events` with one partition, and `quiet` with none. */
export interface ConsumerNumbers {
  readonly records?: number;
  readonly lag?: number;
  readonly oldestSeconds?: number;
  readonly deadLetters?: number;
  readonly partition?: number;
  readonly halted?: number;
  readonly lastWrites?: Readonly<Record<string, number>>;
}

/** `/metrics` of a consumer: all records take between 0.1 and 0.5 s. */
export function consumerMetrics(numbers: ConsumerNumbers = {}): string {
  const { records = 0, lag = 0, oldestSeconds = 0, deadLetters = 0, partition = 0 } = numbers;
  const { halted = 0, lastWrites = {} } = numbers;
  const place = `topic="events",partition="${partition}"`;
  const delay = "ofs_ingest_delay_seconds_bucket";
  return [
    "process_start_time_seconds 2000",
    "ofs_registry_revision 5",
    "ofs_registry_live 1",
    `ofs_ingest_records_total{topic="events"} ${records}`,
    `ofs_ingest_rows_total{connection="scylla 1",outcome="written"} ${records * 2}`,
    `ofs_ingest_dead_letters_total{topic="events",code="INVALID_ARGUMENT"} ${deadLetters}`,
    `ofs_ingest_dead_letters_total{topic="quiet",code="INVALID_ARGUMENT"} 1`,
    `ofs_ingest_lag_records{${place}} ${lag}`,
    `ofs_ingest_oldest_open_seconds{${place}} ${oldestSeconds}`,
    `ofs_ingest_halted_partitions ${halted}`,
    "ofs_ingest_waiting_records 3",
    `${delay}{le="0.1",topic="events"} 0`,
    `${delay}{le="0.5",topic="events"} ${records}`,
    `${delay}{le="+Inf",topic="events"} ${records}`,
    ...lastWriteLines(lastWrites),
  ].join("\n");
}

function lastWriteLines(lastWrites: Readonly<Record<string, number>>): string[] {
  return Object.entries(lastWrites).map(([place, seconds]) => {
    const [entity, group] = place.split("/");
    const labels = `entity="${entity}",feature_group="${group}"`;
    return `ofs_feature_group_last_write_timestamp_seconds{${labels}} ${seconds}`;
  });
}
