import type {
  AuditEntry,
  AuditRepository,
  ChangeRequest,
  Database,
  RequestFilter,
  RequestRepository,
  SessionRepository,
  User,
  UserRepository,
} from "../../src/database/ports.ts";

/** The database's port in memory, for tests of what is above it. */
export class MemoryDatabase implements Database {
  readonly users = new MemoryUsers();
  readonly sessions = new MemorySessions();
  readonly audit = new MemoryAudit();
  readonly requests = new MemoryRequests();

  async ping(): Promise<void> {}
  async close(): Promise<void> {}
}

class MemoryUsers implements UserRepository {
  readonly #users = new Map<string, User>();

  async create(user: Omit<User, "id">): Promise<User | undefined> {
    if (this.#users.has(user.email)) return undefined;
    const made = { ...user, id: this.#users.size + 1 };
    this.#users.set(user.email, made);
    return made;
  }

  async findByEmail(email: string): Promise<User | undefined> {
    return this.#users.get(email);
  }

  async list(): Promise<User[]> {
    return [...this.#users.values()];
  }

  async update(email: string, change: Partial<Omit<User, "id" | "email">>) {
    const user = this.#users.get(email);
    if (user === undefined) return undefined;
    const changed = { ...user, ...change };
    this.#users.set(email, changed);
    return changed;
  }

  async countFailedLogin(email: string): Promise<number> {
    const failedLoginCount = (this.#users.get(email)?.failedLoginCount ?? 0) + 1;
    await this.update(email, { failedLoginCount });
    return failedLoginCount;
  }

  async activeAdminCount(): Promise<number> {
    const all = [...this.#users.values()];
    return all.filter(({ role, isActive }) => role === "admin" && isActive).length;
  }
}

class MemorySessions implements SessionRepository {
  readonly rows = new Map<string, { email: string; expiresAtMs: number }>();

  async create({ tokenHash, ...row }: { tokenHash: string; email: string; expiresAtMs: number }) {
    this.rows.set(tokenHash, row);
  }

  async findEmail(tokenHash: string, nowMs: number): Promise<string | undefined> {
    const row = this.rows.get(tokenHash);
    return row !== undefined && row.expiresAtMs > nowMs ? row.email : undefined;
  }

  async delete(tokenHash: string): Promise<void> {
    this.rows.delete(tokenHash);
  }

  deleteOf(email: string): Promise<number> {
    return this.#deleteWhere((row) => row.email === email);
  }

  deleteExpired(nowMs: number): Promise<number> {
    return this.#deleteWhere((row) => row.expiresAtMs <= nowMs);
  }

  async #deleteWhere(matches: (row: { email: string; expiresAtMs: number }) => boolean) {
    const found = [...this.rows].filter(([, row]) => matches(row));
    for (const [tokenHash] of found) this.rows.delete(tokenHash);
    return found.length;
  }
}

class MemoryAudit implements AuditRepository {
  readonly entries: AuditEntry[] = [];

  async add(entry: Omit<AuditEntry, "id">): Promise<void> {
    this.entries.push({ ...entry, id: this.entries.length + 1 });
  }

  async list(filter: Parameters<AuditRepository["list"]>[0]): Promise<AuditEntry[]> {
    const { actor, action, subject, beforeId, limit } = filter;
    return this.entries
      .filter((entry) => actor === undefined || entry.actor === actor)
      .filter((entry) => action === undefined || entry.action === action)
      .filter((entry) => subject === undefined || entry.subject === subject)
      .filter((entry) => beforeId === undefined || entry.id < beforeId)
      .toReversed()
      .slice(0, limit);
  }
}

/** Only what is read through HTTP: requests are made by the changes, which tests put in the place of. */
class MemoryRequests implements RequestRepository {
  readonly rows: ChangeRequest[] = [];

  async find(kind: ChangeRequest["kind"], id: number): Promise<ChangeRequest | undefined> {
    return this.rows.find((row) => row.kind === kind && row.id === id);
  }

  async findByIdempotencyKey(): Promise<ChangeRequest | undefined> {
    return undefined;
  }

  async list(filter: RequestFilter) {
    const { kinds, createdBy, statuses, search, offset = 0, limit = this.rows.length } = filter;
    const found = this.rows
      .filter(({ kind }) => kinds.includes(kind))
      .filter((row) => createdBy === undefined || row.createdBy === createdBy)
      .filter((row) => statuses === undefined || statuses.includes(row.status))
      .filter((row) => search === undefined || JSON.stringify(row.payload).includes(search))
      .toReversed();
    return { requests: found.slice(offset, offset + limit), total: found.length };
  }

  submit(): Promise<never> {
    return Promise.reject(new Error("tests of HTTP submit through the changes"));
  }

  move(): Promise<never> {
    return Promise.reject(new Error("tests of HTTP decide through the changes"));
  }

  async stuck(): Promise<ChangeRequest[]> {
    return [];
  }
}
