/** Prints where things are, the passwords, and commands to paste. */
import { required } from "./init/environment.ts";

const CALLER = "quickstart";

/** A command to paste, and what it shows. */
interface Stop {
  readonly title: string;
  readonly commands: readonly string[];
}

const port = (name: string): string => required(`${name}_PORT`);
const url = (name: string): string => `http://127.0.0.1:${port(name)}`;

function places(): string[] {
  const isNative = process.env["MODE"] === "native";
  const here = (name: string, text: string): string => `  ${name.padEnd(15)} ${text}`;
  const containers = [
    here("Grafana", `${url("GRAFANA")}, admin / ${process.env["GRAFANA_PASSWORD"]}`),
    here("etcd workbench", `${url("ETCD_WORKBENCH")}, connects to etcd:2379`),
  ];
  return [
    "",
    here(
      "control plane",
      `${url("HORIZON")}, ${required("ADMIN_EMAIL")} / ${required("ADMIN_PASSWORD")}; its API: /docs`,
    ),
    here(
      "api-server",
      `127.0.0.1:${port("API_SERVER")}, gRPC and HTTP, caller ${CALLER}, token ${CALLER}`,
    ),
    here("row dialect", url("ROW")),
    here("consumer", `${url("CONSUMER")}, operators' token ${required("OPERATOR_TOKEN")}`),
    here("populator", `${url("POPULATOR")}, the same token`),
    here("Prometheus", url("PROMETHEUS")),
    ...(isNative ? [] : containers),
    here("S3", `${url("S3")}, ${required("S3_ACCESS_KEY")} / ${required("S3_SECRET_KEY")}`),
    here("Kafka, etcd", `127.0.0.1:${port("KAFKA")}, 127.0.0.1:${port("ETCD")}`),
    here(
      "MySQL, CQL",
      `127.0.0.1:${port("MYSQL")} (ofs / ${required("MYSQL_PASSWORD")}), 127.0.0.1:${port("SCYLLA")}`,
    ),
    ...(isNative ? ["", "  Grafana and the etcd workbench are container images: not here."] : []),
    "",
  ];
}

function stops(): Stop[] {
  const json = "-H 'content-type: application/json'";
  const caller = `-H 'online-feature-store-caller-id: ${CALLER}' -H 'online-feature-store-auth-token: ${CALLER}'`;
  const body = JSON.stringify({
    entity_label: "movie",
    feature_groups: [{ label: "ratings", feature_labels: ["imdb_rating"] }],
    keys_schema: ["movie_id"],
    keys: [{ cols: ["inception"] }, { cols: ["interstellar"] }],
  });
  const login = JSON.stringify({
    email: required("ADMIN_EMAIL"),
    password: required("ADMIN_PASSWORD"),
  });
  const plane = `${url("HORIZON")}/api/v1/online-feature-store`;
  return [
    {
      title: "sign in at the control plane, and look at what init has registered",
      commands: [
        `TOKEN=$(curl -sf ${url("HORIZON")}/login ${json} -d '${login}' | sed -E 's/.*"token":"([^"]+)".*/\\1/')`,
        `curl -sf ${plane}/retrieve-feature-groups?entity=movie -H "authorization: Bearer $TOKEN"`,
      ],
    },
    ...registration(plane, json),
    {
      title: "read over gRPC, as clients do, and over HTTP with the same headers",
      commands: [
        "quick-start/ofs.sh get movie inception the-dark-knight --features ratings facts:title",
        `curl -sf http://127.0.0.1:${port("API_SERVER")}/api/v1/features/retrieve/decoded ${json} ${caller} -d '${body}'`,
      ],
    },
    {
      title: "write: at once, and by way of Kafka",
      commands: [
        `quick-start/ofs.sh put movie '{"movie_id": "my-film", "imdb_rating": 7.5, "rotten_tomatoes": 80}'`,
        `quick-start/ofs.sh produce movie '{"movie_id": "my-film", "imdb_rating": 9.9, "rotten_tomatoes": 81}' --wait`,
        "quick-start/ofs.sh get movie my-film --features ratings",
        "quick-start/ofs.sh lag",
      ],
    },
    {
      title: "a Delta table in S3, by way of Kafka",
      commands: [
        "quick-start/ofs.sh populate run s3a://lake/films --entity movie --name films --column id=movie_id --column imdb=ratings:imdb_rating --column tomatoes=ratings:rotten_tomatoes",
        "quick-start/ofs.sh populate status films",
      ],
    },
    ...rows(json),
    {
      title: "what Prometheus has seen: calls by method, and which alerts there are",
      commands: [
        `curl -sf ${url("PROMETHEUS")}/api/v1/query --data-urlencode 'query=sum by (method) (ofs_grpc_server_requests_total)'`,
        `curl -sf ${url("PROMETHEUS")}/api/v1/alerts`,
      ],
    },
  ];
}

/** A feature of one's own: asked for, looked at, approved. */
function registration(plane: string, json: string): Stop[] {
  const auth = '-H "authorization: Bearer $TOKEN"';
  const body = JSON.stringify({
    "job-type": "reader",
    "job-id": "my-service",
    token: "my-service-token",
    scopes: { entities: ["movie"], access: ["read"] },
  });
  return [
    {
      title: "register a client of your own, which may read films: ask, then approve",
      commands: [
        `REQUEST=$(curl -sf ${plane}/register-job ${json} -H 'idempotency-key: tour' ${auth} -d '${body}' | sed -E 's/.*"request-id":([0-9]+).*/\\1/')`,
        `curl -s ${plane}/process-job ${json} ${auth} -d "{\\"request-id\\": $REQUEST, \\"status\\": \\"APPROVED\\"}"`,
        "sleep 1   # until the api-server has heard of it",
        "quick-start/ofs.sh get movie inception --caller-id my-service --token my-service-token --features ratings",
      ],
    },
  ];
}

/** The row dialect, whose clients know neither tokens nor approvals. */
function rows(json: string): Stop[] {
  const entity = JSON.stringify({
    entity: {
      tableName: "players",
      primaryKeys: ["id"],
      features: [{ name: "id", type: "BIGINT" }],
    },
    owner: "me@example.com",
    tags: [],
    description: "",
  });
  const group = JSON.stringify({
    featureGroup: {
      featureGroupName: "stats",
      entityName: "players",
      features: [{ name: "wins", type: "INT" }],
    },
    owner: "me@example.com",
    tags: [],
    description: "",
  });
  const row = JSON.stringify({
    featureGroupName: "stats",
    features: { names: ["id", "wins"], values: [[7, 12]] },
  });
  const key = JSON.stringify({
    featureGroupName: "stats",
    featureColumns: ["wins"],
    primaryKeys: { names: ["id"], values: [[7]] },
  });
  return [
    {
      title: "the row dialect: an entity, a feature group, a row and the row again",
      commands: [
        `curl -s ${url("HORIZON")}/entity ${json} -d '${entity}'`,
        `curl -s ${url("HORIZON")}/feature-group ${json} -d '${group}'`,
        `curl -sf ${url("ROW")}/feature-group/write-features-v2 ${json} -d '${row}'`,
        `curl -sf ${url("ROW")}/feature-group/read-features ${json} -d '${key}'`,
      ],
    },
  ];
}

const lines = [...places()];
for (const { title, commands } of stops()) lines.push(`# ${title}`, ...commands, "");
process.stdout.write(`${lines.join("\n")}\n`);
