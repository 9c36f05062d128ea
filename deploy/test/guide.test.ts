import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const UTILISATION = 0.6;
const REQUESTS = 1_000_000;

const guide = read("deploy/README.md");

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** All distinct first groups of a pattern in the guide; there must be some, or the pattern is wrong. */
function named(pattern: RegExp): string[] {
  const found = new Set([...guide.matchAll(pattern)].map(([, name = ""]) => name));
  expect(found.size).toBeGreaterThan(0);
  return [...found];
}

/** Text of all sources below `packages` and `services`. */
function sources(): string {
  const texts: string[] = [];
  for (const folder of ["packages", "services"]) {
    for (const name of readdirSync(join(ROOT, folder))) {
      const src = join(ROOT, folder, name, "src");
      if (!existsSync(src)) continue;
      for (const file of readdirSync(src, { recursive: true, encoding: "utf8" })) {
        if (file.endsWith(".ts")) texts.push(readFileSync(join(src, file), "utf8"));
      }
    }
  }
  return texts.join("\n");
}

function readmes(): string {
  const names = ["api-server", "consumer", "horizon", "populator", "ofs"];
  return names.map((name) => read(`services/${name}/README.md`)).join("\n");
}

/** Rows of the table below a line that begins so, without its head. */
function table(head: string): string[][] {
  const lines = guide.split("\n");
  const start = lines.findIndex((line) => line.startsWith(head));
  expect(start, head).toBeGreaterThan(0);
  const rows: string[][] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith("|")) break;
    rows.push(
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

function numberOf(cell: string | undefined): number {
  return Number(cell?.replaceAll(" ", ""));
}

/** Of how many calls a second, at `us` microseconds each; to the millionth, so that 14 does not become 15. */
function coresFor(count: number, us: number): number {
  return Math.ceil(Number(((count * us) / 1_000_000 / UTILISATION).toFixed(6)));
}

it("names scripts and commands that there are", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const name of named(/npm run (?:-s )?([a-z:-]+)/g))
    expect(scripts, name).toHaveProperty(name);
  const commands = join(ROOT, "services/ofs/src/cli/commands");
  const known = readdirSync(commands).flatMap((file) => {
    const text = readFileSync(join(commands, file), "utf8");
    return [...text.matchAll(/\.command\("([a-z]+)/g)].map(([, name]) => name);
  });
  for (const name of named(/(?:ofs -- |`ofs )([a-z]+)/g)) expect(known).toContain(name);
});

it("names flags that there are", () => {
  const options = sources();
  const lines = guide.split("\n").filter((line) => line.includes("npm run -s ofs -- "));
  expect(lines.length).toBeGreaterThan(0);
  for (const [flag] of lines
    .join("\n")
    .matchAll(/--(?:app|data|dry|etcd|replace|code|rate|raw|wait)[a-z-]*/g)) {
    expect(options).toContain(`"${flag}`);
  }
});

it("names variables that services read", () => {
  const documented = readmes();
  const variables = named(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9<>nKIND]+)+)(?:=[a-z0-9]+)?`/g);
  for (const name of variables) {
    // Some are the guide's own.
    const isSet = new RegExp(`^export .*\\b${name}=`, "m").test(guide);
    const isRead = documented.includes(name) || isSet || name === "OFS_ROLLING_ROUNDS";
    expect(isRead, name).toBe(true);
  }
  expect(read("services/ofs/test/operations/rolling-restart.integration.test.ts")).toContain(
    "OFS_ROLLING_ROUNDS",
  );
});

it("names metrics that services have, and alerts that there are", () => {
  const code = sources();
  for (const name of named(/`(ofs_[a-z_]+)`/g)) expect(code.includes(`"${name}"`), name).toBe(true);
  const alerts = read("deploy/prometheus/alerts.yml");
  for (const name of named(/`(Ofs[A-Za-z]+)`/g)) expect(alerts).toContain(`alert: ${name}\n`);
});

it("names endpoints that services have, and files that are there", () => {
  const documented = readmes() + sources();
  const paths = named(/(?:`(?:GET|POST|PUT) |online-feature-store)(\/[a-z-]+(?:\/[a-z-]+)*)/g);
  for (const path of paths) expect(documented.includes(path), path).toBe(true);
  for (const link of named(/\]\((?!https?:)([^)#]+)/g)) {
    expect(existsSync(join(ROOT, "deploy", link)), link).toBe(true);
  }
  for (const file of named(/`((?:test|services|quick-start)\/[\w./-]+)`/g)) {
    const places = [join(ROOT, file), join(ROOT, "deploy", file)];
    expect(places.some(existsSync), file).toBe(true);
  }
});

it("computes the cores of its table from figures of the benchmarks", () => {
  const measured = read("bench/README.md");
  const rows = table("| answered from |");
  expect(rows).toHaveLength(5);
  for (const [name, ...cells] of rows) {
    for (let place = 0; place < cells.length; place += 2) {
      const us = numberOf(cells[place]);
      expect(measured, `${name}: ${us}`).toContain(` ${us.toFixed(1)} [`);
      expect(numberOf(cells[place + 1]), `${name}: ${us} us`).toBe(coresFor(REQUESTS, us));
    }
  }
  for (const [count, store, cores] of table("| rows a second |")) {
    const us = store === "Redis" ? 12.5 : 18.7;
    expect(measured).toContain(`| ${us} |`);
    expect(numberOf(cores), `${count} ${store}`).toBe(coresFor(numberOf(count), us));
  }
});

it("computes its example", () => {
  const micros = new Map(table("| answered from |").map((row) => [row[0], numberOf(row[3])]));
  const of = (name: string): number => micros.get(name) ?? Number.NaN;
  const us = 0.9 * of("process cache") + 0.09 * of("Redis as cache") + 0.01 * of("Cassandra");
  const cores = coresFor(REQUESTS, us);
  const values = table("| figure | formula |").map(([, , value]) => numberOf(value));
  expect(values).toEqual([
    Math.round(us * 10) / 10,
    cores,
    Math.ceil(cores / 7) + 2,
    REQUESTS * 0.1 * 10,
    REQUESTS * 0.01 * 10,
    (REQUESTS * 10 * 20 * 4) / 1_000_000,
  ]);
});
