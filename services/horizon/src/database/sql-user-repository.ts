import { isDuplicate, type SqlEngine } from "@ofs/database";
import type { Kysely, Selectable } from "kysely";
import { formatTimestamp, requireText } from "./fields.ts";
import { ROLES, type Role, type User, type UserRepository } from "./ports.ts";
import type { Tables, UserTable } from "./schema.ts";

const NAME_LENGTH_MAX = 50;
const EMAIL_LENGTH_MAX = 100;

type UserChange = Parameters<UserRepository["update"]>[1];

/** Users in the table that existing readers know, with what they do not know in columns beside. */
export class SqlUserRepository implements UserRepository {
  readonly #engine: SqlEngine<Tables>;

  constructor(engine: SqlEngine<Tables>) {
    this.#engine = engine;
  }

  async create(user: Omit<User, "id">): Promise<User | undefined> {
    const email = requireText("email", user.email, EMAIL_LENGTH_MAX).toLowerCase();
    const at = formatTimestamp(Date.now());
    const { firstName, lastName, passwordHash } = user;
    const row = {
      ...toColumns(user),
      email,
      first_name: requireText("firstName", firstName, NAME_LENGTH_MAX),
      last_name: requireText("lastName", lastName, NAME_LENGTH_MAX),
      password_hash: requireText("passwordHash", passwordHash),
      created_at: at,
      updated_at: at,
      must_change_password: Number(user.mustChangePassword),
      failed_login_count: user.failedLoginCount,
      locked_until_ms: user.lockedUntilMs,
    };
    try {
      return await this.#engine.write(async (tx) => {
        const { insertId } = await tx.insertInto("users").values(row).executeTakeFirstOrThrow();
        return { ...user, email, id: Number(insertId) };
      });
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  findByEmail(email: string): Promise<User | undefined> {
    return this.#engine.read((db) => findUser(db, email));
  }

  async list(): Promise<User[]> {
    const rows = await this.#engine.read((db) =>
      db.selectFrom("users").selectAll().orderBy("id").execute(),
    );
    return rows.map(toUser);
  }

  update(email: string, change: UserChange): Promise<User | undefined> {
    const columns = { ...toColumns(change), updated_at: formatTimestamp(Date.now()) };
    return this.#engine.write(async (tx) => {
      const user = await findUser(tx, email);
      if (user === undefined) return undefined;
      await tx.updateTable("users").set(columns).where("id", "=", user.id).execute();
      return findUser(tx, email);
    });
  }

  countFailedLogin(email: string): Promise<number> {
    return this.#engine.write(async (tx) => {
      const user = await findUser(tx, email);
      if (user === undefined) return 0;
      await tx
        .updateTable("users")
        .set((eb) => ({ failed_login_count: eb("failed_login_count", "+", 1) }))
        .where("id", "=", user.id)
        .execute();
      return (await findUser(tx, email))?.failedLoginCount ?? 0;
    });
  }

  async activeAdminCount(): Promise<number> {
    const row = await this.#engine.read((db) =>
      db
        .selectFrom("users")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .where("role", "=", "admin")
        .where("is_active", "=", 1)
        .executeTakeFirst(),
    );
    return Number(row?.count ?? 0);
  }
}

/** A collation may take other letters for the same: `é` for `e`. Here only case may differ. */
async function findUser(db: Kysely<Tables>, email: string): Promise<User | undefined> {
  const wanted = email.toLowerCase();
  const rows = await db.selectFrom("users").selectAll().where("email", "=", wanted).execute();
  return rows.map(toUser).find((user) => user.email === wanted);
}

function toColumns(change: UserChange) {
  const { firstName, lastName, passwordHash, role, isActive } = change;
  const { mustChangePassword, failedLoginCount, lockedUntilMs } = change;
  return {
    ...(firstName === undefined
      ? {}
      : { first_name: requireText("firstName", firstName, NAME_LENGTH_MAX) }),
    ...(lastName === undefined
      ? {}
      : { last_name: requireText("lastName", lastName, NAME_LENGTH_MAX) }),
    ...(passwordHash === undefined
      ? {}
      : { password_hash: requireText("passwordHash", passwordHash) }),
    ...(role === undefined ? {} : { role: sharedRoleOf(role), control_role: role }),
    ...(isActive === undefined ? {} : { is_active: Number(isActive) }),
    ...(mustChangePassword === undefined
      ? {}
      : { must_change_password: Number(mustChangePassword) }),
    ...(failedLoginCount === undefined ? {} : { failed_login_count: failedLoginCount }),
    ...(lockedUntilMs === undefined ? {} : { locked_until_ms: lockedUntilMs }),
  };
}

function toUser(row: Selectable<UserTable>): User {
  return {
    id: row.id,
    firstName: row.first_name,
    lastName: row.last_name,
    email: row.email.toLowerCase(),
    passwordHash: row.password_hash,
    role: toRole(row),
    isActive: Boolean(row.is_active),
    mustChangePassword: Boolean(row.must_change_password),
    failedLoginCount: row.failed_login_count,
    lockedUntilMs: row.locked_until_ms,
  };
}

function sharedRoleOf(role: Role): "user" | "admin" {
  return role === "admin" ? "admin" : "user";
}

/**
 * Where other software has changed the role it knows, that one counts: an admin may do all, a user what users may there, which
 * is to ask for changes.
 */
function toRole({ role, control_role: own }: Selectable<UserTable>): Role {
  const known = ROLES.find((each) => each === own);
  if (known !== undefined && sharedRoleOf(known) === role) return known;
  return role === "admin" ? "admin" : "author";
}
