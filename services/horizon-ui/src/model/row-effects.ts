import { formatCount } from "./format.ts";
import { latestVersions, type RowGroup, type TenantRole } from "./rows.ts";

/** A tenant whose rows come from a topic. */
export interface Consumer {
  readonly tenant: string;
  readonly topic: string;
  readonly partitionCount: number;
  readonly consumerCount: number;
  /** Of the topic itself; undefined where that is not known. */
  readonly topicPartitionCount: number | undefined;
  /** Why it is not known; else empty. */
  readonly topicFault: string;
}

/** Names that a sentence lists. */
const NAMES_SHOWN = 5;

/** What another number of consumers does, said before it is done. */
export function consumerCountEffects(consumer: Consumer, next: number): string[] {
  const { topic, partitionCount, consumerCount, tenant } = consumer;
  if (next === consumerCount) return ["Nothing changes."];
  const count = formatCount(next, "consumer");
  const verb = next === 1 ? "reads" : "read";
  const effects = [`${count} in place of ${consumerCount} ${verb} ${topic} for ${tenant}.`];
  if (next === 0) {
    return [
      `Nobody reads ${topic} for ${tenant} any more: rows wait in it, and are lost when its retention is over.`,
    ];
  }
  if (next > partitionCount) {
    effects.push(
      `The topic has ${formatCount(partitionCount, "partition")}: more consumers than that are refused.`,
    );
    return effects;
  }
  const least = Math.floor(partitionCount / next);
  const most = Math.ceil(partitionCount / next);
  const share = least === most ? formatCount(least, "partition") : `${least} or ${most} partitions`;
  effects.push(`Each of them gets ${share} of ${partitionCount}.`);
  effects.push("While partitions change hands, rows wait for some seconds; none is lost.");
  return effects;
}

/** What more partitions do. */
export function partitionEffects(
  consumer: Consumer,
  next: number,
  all: readonly Consumer[],
): string[] {
  const { topic, partitionCount, consumerCount, tenant } = consumer;
  if (next === partitionCount) return ["Nothing changes."];
  if (next < partitionCount) {
    return [`Topics do not shrink: ${topic} has ${formatCount(partitionCount, "partition")}.`];
  }
  const others = all.filter((each) => each.topic === topic && each.tenant !== tenant);
  const effects = [
    `Topic ${topic} grows from ${partitionCount} to ${next} partitions. That cannot be undone.`,
    "Producers that choose the partition by key send some keys to other partitions from then on. Newer rows still win, because rows carry their time.",
    consumerCount === 1
      ? `Its one consumer reads all ${next}.`
      : `${formatCount(consumerCount, "consumer")} share ${next} partitions.`,
  ];
  if (others.length > 0) {
    effects.push(
      `Other tenants share this topic: ${namesText(others.map((each) => each.tenant))}.`,
    );
  }
  return effects;
}

const ROLE_EFFECTS: Readonly<Record<TenantRole, (from: string, to: string) => string[]>> = {
  read: (from, to) => [
    `Reads are answered by ${to}. What is stored on ${from} alone is not found any more: no data is copied.`,
  ],
  write: (from, to) => [`Writes go to ${to}. What is on ${from} stays there, and is not copied.`],
  consume: (from, to) => [
    `Producers send rows to the topic of ${to}. Rows that wait in the topic of ${from} are still stored.`,
  ],
};

const TABLES =
  "Tables and columns of all versions are made in the new cluster, where they are missing.";

/** What it does to give one feature group other tenants. */
export function moveEffects(
  group: Pick<RowGroup, "name" | "tenants">,
  next: RowGroup["tenants"],
): string[] {
  const roles = (["read", "write", "consume"] as const).filter(
    (role) => group.tenants[role] !== next[role],
  );
  if (roles.length === 0) return ["Nothing changes."];
  const effects = roles.flatMap((role) => ROLE_EFFECTS[role](group.tenants[role], next[role]));
  const isStored = roles.some((role) => role !== "consume");
  return [
    `All versions of ${group.name} move.`,
    ...(isStored ? [TABLES] : []),
    ...effects,
    ...(next.read === next.write ? [] : [twoClusters(next.read, next.write)]),
  ];
}

function twoClusters(read: string, write: string): string {
  return `Rows are written to ${write} and, unless a writer says otherwise, to ${read}, too.`;
}

/** What it does to move everything from one tenant to another in one role. */
export function moveAllEffects(
  groups: readonly RowGroup[],
  { role, from, to }: { readonly role: TenantRole; readonly from: string; readonly to: string },
): string[] {
  const moved = groupsOn(groups, role, from);
  if (moved.length === 0) return [`No feature group is on ${from} in this role.`];
  if (from === to) return ["Nothing changes."];
  const names = namesText(moved.map(({ name }) => name));
  return [
    `${formatCount(moved.length, "feature group")}: ${names}. All versions of them move.`,
    ...(role === "consume" ? [] : [TABLES]),
    ...ROLE_EFFECTS[role](from, to),
    ...(moved.length === 1
      ? []
      : ["They move one after the other: if one cannot, those before it have moved."]),
  ];
}

/** Feature groups that are on a tenant in one role. */
export function groupsOn(
  groups: readonly RowGroup[],
  role: TenantRole,
  tenant: string,
): readonly RowGroup[] {
  return latestVersions(groups).filter(({ tenants }) => tenants[role] === tenant);
}

function namesText(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).join(", ");
  return more > 0 ? `${shown} and ${formatCount(more, "other")}` : shown;
}
