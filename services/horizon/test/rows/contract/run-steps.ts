import { column, entityBody, groupBody } from "../support/bodies.ts";
import { type Chapter, fails, type Step, violates } from "./step.ts";

const RUNS = "METASTORE-RUN-EXCEPTION";
const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** As the Spark client writes it; numbers beyond what a double holds. */
function runOf(runId: string, version = "v1"): string {
  return `{"name":"r_stats","version":"${version}","runId":"${runId}","timeTaken":7,"count":9007199254740993,"sampleData":[{"x":1.50}],"errorMessage":"","status":"SUCCESS"}`;
}

/** The answer of a GET, with the times taken out. */
const timeless = (answer: unknown): unknown => {
  const { data } = answer as { data: { timestamp: number }[] };
  const nowSeconds = Date.now() / 1_000;
  return data.map(({ timestamp, ...run }) => {
    const isNow = Number.isInteger(timestamp) && Math.abs(nowSeconds - timestamp) < 600;
    if (!isNow) throw new Error(`${timestamp} is not now in seconds`);
    return run;
  });
};

const shown = (runId: string) => ({
  name: "r_stats",
  version: "v1",
  runId,
  timeTaken: 7,
  count: Number("9007199254740993"),
  sampleData: [{ x: 1.5 }],
  errorMessage: "",
  status: "SUCCESS",
});

const runs: readonly Step[] = [
  {
    title: "an entity",
    call: ["POST", "/entity", entityBody("r_users")],
    answer: { data: { entity: entityBody("r_users").entity } },
  },
  ...(["v1", "v2"] as const).map(
    (version): Step => ({
      title: `the version ${version}`,
      call: [
        "POST",
        "/feature-group",
        groupBody("r_stats", "r_users", { features: [column("x")] }),
        { upgrade: "true" },
      ],
      answer: {
        data: {
          featureGroup: groupBody("r_stats", "r_users", { features: [column("x")] }).featureGroup,
          version,
        },
      },
    }),
  ),
  {
    title: "no runs yet",
    call: ["GET", "/feature-group/run-data?name=r_stats&version=v1"],
    answer: { data: [] },
  },
  ...["c", "a", "g", "b", "f", "d", "e"].map(
    (runId): Step => ({
      title: `the run ${runId}, echoed to the byte`,
      call: ["POST", "/feature-group/run-data?", runOf(runId), FORM],
      answer: `{"data":${runOf(runId)}}`,
    }),
  ),
  {
    title: "the last five, the newest first, though all of them came in one second",
    call: ["GET", "/feature-group/run-data?name=r_stats&version=v1", "{}"],
    read: timeless,
    answer: ["e", "d", "f", "b", "g"].map(shown),
  },
  {
    title: "the latest version has none",
    call: ["GET", "/feature-group/run-data?name=r_stats"],
    answer: { data: [] },
  },
  {
    title: "a run that is known",
    call: ["POST", "/feature-group/run-data", runOf("a")],
    ...fails(RUNS, { status: 400, cause: "run a of r_stats v1 is known already" }),
  },
  {
    title: "the same of another version",
    call: ["POST", "/feature-group/run-data", runOf("a", "v2")],
    answer: `{"data":${runOf("a", "v2")}}`,
  },
  {
    title: "what may be missing is missing, and the version is the latest",
    call: [
      "POST",
      "/feature-group/run-data",
      '{"name":"r_stats","runId":"little","status":"FAILED"}',
    ],
    answer: '{"data":{"name":"r_stats","runId":"little","status":"FAILED"}}',
  },
  {
    title: "and is shown by default",
    call: ["GET", "/feature-group/run-data?name=r_stats"],
    read: (answer) => (timeless(answer) as unknown[])[0],
    answer: {
      name: "r_stats",
      version: "v2",
      runId: "little",
      timeTaken: 0,
      count: 0,
      sampleData: [],
      errorMessage: "",
      status: "FAILED",
    },
  },
  {
    title: "numbers that are none become texts",
    call: [
      "POST",
      "/feature-group/run-data",
      '{"name":"r_stats","version":"v2","runId":"nan","status":"SUCCESS","sampleData":[{"x":NaN,"y":[-Infinity]}]}',
    ],
    answer:
      '{"data":{"name":"r_stats","version":"v2","runId":"nan","status":"SUCCESS","sampleData":[{"x":"NaN","y":["-Infinity"]}]}}',
  },
  {
    title: "and are shown as such",
    call: ["GET", "/feature-group/run-data?name=r_stats"],
    read: (answer) => (timeless(answer) as { sampleData: unknown }[])[0]?.sampleData,
    answer: [{ x: "NaN", y: ["-Infinity"] }],
  },
  ...(
    [
      ['{"runId":"x","status":"SUCCESS"}', "name is missing"],
      ['{"name":"r_stats","status":"SUCCESS"}', "runId is missing"],
      ['{"name":"r_stats","runId":"x"}', "status is missing"],
      [
        '{"name":"r_stats","runId":"x","status":"DONE"}',
        'status "DONE" is none of SUCCESS, FAILED',
      ],
      [
        '{"name":"r_stats","runId":"x","status":"SUCCESS","count":9223372036854775808}',
        "count: count must be a whole number of 64 bits",
      ],
      [
        `{"name":"r_stats","runId":"${"x".repeat(201)}","status":"SUCCESS"}`,
        "runId: runId has 201 characters, 200 at most",
      ],
    ] as const
  ).map(
    ([body, message]): Step => ({
      title: `refused: ${message}`,
      call: ["POST", "/feature-group/run-data", body],
      ...violates(message),
    }),
  ),
  {
    title: "a run of nobody",
    call: ["POST", "/feature-group/run-data", '{"name":"none","runId":"x","status":"SUCCESS"}'],
    ...fails("FEATURE-GROUP-NOT-FOUND-EXCEPTION"),
  },
];

export const runDataChapters: readonly Chapter[] = [{ title: "runs", steps: runs }];
