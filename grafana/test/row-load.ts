import { waitUntil } from "@ofs/testkit";
import { call, entityBody, groupBody } from "../../services/ofs/test/rows/darwin-client.ts";
import { TestTable } from "../../services/populator/test/support/test-table.ts";

const ROW_TOPIC = "online-feature-store.rows";
const V2 = { "sdk-version": "v2", "feature-group-name": "rider_stats" };
const NAMES = ["rider", "rides"];

/** Origins of the services that rows and tables go through. */
export interface RowOrigins {
  readonly rows: string;
  readonly consumer: string;
  readonly horizon: string;
  readonly populator: string;
}

/** An entity and a feature group of the row dialect, and a run of the populator for the sample's films. */
export async function prepareRows(origins: RowOrigins, folder: string): Promise<void> {
  const { horizon, populator } = origins;
  await expectOk(call(horizon, "POST", "/entity", entityBody("riders", { rider: "TEXT" })));
  const group = groupBody("rider_stats", "riders", { rides: "INT" });
  await expectOk(call(horizon, "POST", "/feature-group", group));
  const table = new TestTable(folder, { movie_id: "string", imdb_rating: "float" });
  await table.commit(
    "select 'film-' || i as movie_id, i::float as imdb_rating from range(20) t(i)",
  );
  const run = { tableName: "films", path: table.path, entityLabel: "movie" };
  await expectOk(
    call(populator, "POST", "/table/read", { ...run, startVersion: 0, endVersion: 0 }),
  );
  const isDone = async (): Promise<boolean> => {
    const { text } = await call(populator, "GET", "/table/status?name=films");
    if (text.includes('"FAILED"')) throw new Error(text);
    return text.includes('"COMPLETED"');
  };
  await waitUntil(isDone, { what: "the run to be done", timeoutMs: 120_000 });
}

/** Some rows that fit and some that do not, over HTTP and through the log. */
export async function makeRowLoad({ rows, consumer }: RowOrigins): Promise<void> {
  const features = {
    names: NAMES,
    values: [
      ["r1", 1],
      ["r2", "many"],
    ],
  };
  const address = { featureGroupName: "rider_stats", featureGroupVersion: null };
  const keys = { names: ["rider"], values: [["r1"], ["nobody"]] };
  const ingest = `/ingest/${ROW_TOPIC}`;
  await call(rows, "POST", "/feature-group/write-features-v2", { ...address, features });
  const read = { ...address, featureColumns: ["rides"], primaryKeys: keys };
  await call(rows, "GET", "/feature-group/read-features", read);
  await call(consumer, "POST", ingest, { rider: "r3", rides: 3 }, V2);
  await call(consumer, "POST", ingest, { rider: "r4", rides: "poison" }, V2);
}

async function expectOk(answer: ReturnType<typeof call>): Promise<void> {
  const { status, text } = await answer;
  if (status !== 200) throw new Error(`${status} ${text}`);
}
