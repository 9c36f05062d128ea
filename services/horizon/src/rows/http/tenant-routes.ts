import { isTenantName, RowError, type TenantConfig, writeJson } from "@ofs/rows";
import type { RowAdmin } from "../row-admin.ts";
import { invalid } from "./row-call.ts";
import type { RowRoute } from "./row-scope.ts";

/** How requests name the roles of a tenant. */
const ROLES = { READER: "read", WRITER: "write", CONSUMER: "consume" } as const satisfies Record<
  string,
  keyof TenantConfig
>;

type RoleName = keyof typeof ROLES;

const ROLE_NAMES = Object.keys(ROLES) as readonly RoleName[];
const ALL = "ALL";
/** Of what is wrong, in messages. */
const SHOWN_LENGTH = 100;

/** Which feature groups are on which tenants, and moving all of one. */
export function tenantRoutes(admin: RowAdmin): RowRoute[] {
  const { metastore, mover } = admin;
  return [
    {
      methods: ["GET"],
      paths: ["/tenant/feature-group/all", "/v1/tenant/feature-group/all"],
      async handle(call) {
        const tenant = call.requiredQuery("tenant-name");
        const type = call.query("tenant-type") ?? ALL;
        const roles = type === ALL ? ROLE_NAMES : [toRole(type)];
        const groups = await metastore.groups.list();
        const featureGroups = groups.filter((group) =>
          roles.some((role) => group.tenant[ROLES[role]] === tenant),
        );
        return JSON.stringify({ featureGroups });
      },
    },
    {
      methods: ["PUT"],
      paths: ["/tenant/all", "/v1/tenant/all"],
      async handle(call) {
        const { type, current, next } = call.read((members) => ({
          type: members.text("tenantType"),
          current: members.text("currentTenant"),
          next: members.text("newTenant"),
        }));
        if (type === ALL) {
          const message = "tenant type ALL is not allowed";
          throw RowError.of("OFS-V2-TENANT-ONBOARDING-EXCEPTION", { status: 400, message });
        }
        const role = ROLES[toRole(type)];
        if (!isTenantName(next)) {
          const shown = JSON.stringify(next.slice(0, SHOWN_LENGTH));
          throw invalid("newTenant", `must be letters, digits, _ and -, not ${shown}`);
        }
        await mover.moveAll(role, current, next);
        return writeJson(call.requiredBody());
      },
    },
    {
      methods: ["GET"],
      paths: ["/tenant/list", "/v1/tenant/list"],
      async handle() {
        const groups = await metastore.groups.list();
        const tenants = ROLE_NAMES.map((role) => {
          const names = new Set(groups.map(({ tenant }) => tenant[ROLES[role]]));
          return { tenantType: role, names: [...names].sort() };
        });
        return JSON.stringify({ tenants });
      },
    },
  ];
}

function toRole(type: string): RoleName {
  const role = ROLE_NAMES.find((name) => name === type);
  if (role !== undefined) return role;
  throw invalid(
    "tenantType",
    `must be one of ${ROLE_NAMES.join(", ")}, not ${type.slice(0, SHOWN_LENGTH)}`,
  );
}
