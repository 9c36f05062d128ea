/** Of all that is made here. */
export const OWNER = "ada@example.org";

type Body = Readonly<Record<string, unknown>>;

export function column(name: string, type: string, description = ""): Body {
  return { name, type, description, tags: [] };
}

/** A creation of an entity, as it is sent. */
export interface RowEntityBody {
  readonly entity: { readonly tableName: string };
  readonly owner: string;
  readonly tags: readonly string[];
  readonly description: string;
}

export function rowEntityBody(tableName: string): RowEntityBody {
  const features = [
    column("user_id", "BIGINT", "Of the account"),
    column("season", "INT"),
    column("country", "TEXT"),
  ];
  const entity = { tableName, features, primaryKeys: ["user_id", "season"], ttl: 604_800 };
  return { entity, owner: OWNER, tags: ["people"], description: "Players, by season." };
}

export function rowGroupBody(
  featureGroupName: string,
  entityName: string,
  features: readonly Body[],
): Body {
  const featureGroup = {
    ...{ featureGroupName, entityName, features },
    ...{ versionEnabled: true, featureGroupType: "ONLINE" },
  };
  return { featureGroup, owner: OWNER, tags: ["stats"], description: "What a player has won." };
}

/** Calls the row dialect's own endpoints, as its clients do. */
export class RowClient {
  readonly #origin: string;
  readonly #token: string | undefined;

  /** @param token undefined: without a session */
  constructor(origin: string, token: string | undefined) {
    this.#origin = origin;
    this.#token = token;
  }

  /** @throws {Error} with the server's answer if it refuses */
  async send(method: "POST" | "PUT", path: string, body: Body): Promise<void> {
    const reply = await fetch(`${this.#origin}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  }

  /** A feature group with three versions. */
  async addVersions(name: string, entity: string): Promise<void> {
    const wins = column("wins", "INT", "Since the beginning of the season");
    const badge = column("badge", "TEXT");
    await this.send("POST", "/feature-group", rowGroupBody(name, entity, [wins, badge]));
    const further = [
      [wins, badge, column("losses", "INT")],
      [column("wins", "BIGINT", "Since the beginning of the season"), column("losses", "INT")],
    ];
    for (const features of further) {
      const body = rowGroupBody(name, entity, features);
      await this.send("POST", "/feature-group?upgrade=true", body);
    }
  }

  /** What a job tells of a run. */
  async addRun(name: string, run: Body): Promise<void> {
    const common = { name, version: "v3", errorMessage: "", status: "SUCCESS", sampleData: [] };
    await this.send("POST", "/feature-group/run-data", { ...common, ...run });
  }
}

/** An entity, a feature group of three versions with runs, tenants with topics and workers. */
export async function fillRows(origin: string, token?: string): Promise<RowClient> {
  const client = new RowClient(origin, token);
  await client.send("POST", "/entity", { ...rowEntityBody("players") });
  await client.addVersions("player_stats", "players");
  const form = [column("form", "FLOAT")];
  await client.send("POST", "/feature-group", rowGroupBody("player_form", "players", form));
  await client.addRun("player_stats", { runId: "run-1", timeTaken: 40, count: 180_000 });
  const failure = { status: "FAILED", errorMessage: "the source was away" };
  await client.addRun("player_stats", { runId: "run-2", timeTaken: 9, count: 1_200, ...failure });
  const sampleData = [{ user_id: 71, season: 2026, wins: 12, losses: 3 }];
  await client.addRun("player_stats", {
    runId: "run-3",
    timeTaken: 46,
    count: 214_000,
    sampleData,
  });
  const tenantConfig = { read: "default-tenant", write: "default-tenant", consume: "games" };
  await client.send("POST", "/feature-group/tenant", {
    featureGroupName: "player_form",
    tenantConfig,
  });
  const topic = { tenantName: "games", topicName: "rows.games", numPartitions: 4 };
  await client.send("POST", "/consumer/onboard", topic);
  await client.send("PUT", "/populator/metadata", { tenantName: "games", numWorkers: 2 });
  return client;
}
