/**
 * Makes a checkout ready to run: right Node, packages installed, sources built. Plain Node, so
 * that it works before anything is installed. Costs a fraction of a second when nothing changed,
 * and repairs what an interrupted run left. Progress goes to stderr.
 *
 *     node scripts/bootstrap.mjs [--install-only]
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildStamp, bundleFolders, missingOutputs, projectFolders } from "./build-state.mjs";
import { withFileLock } from "./file-lock.mjs";
import {
  installStamp,
  missingPackages,
  readStamp,
  removeStamp,
  writeStamp,
} from "./install-state.mjs";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const PNPM_VERSION = "12.21.0";

/**
 * @param {{ installOnly?: boolean }} [options] `installOnly` leaves the sources unbuilt
 * @returns {Promise<void>} rejects with a {@link SetupError} that says what to do
 */
export async function bootstrap({ installOnly = false } = {}) {
  assertNodeVersion();
  if (isReady(installOnly)) return;
  await withFileLock(ROOT, async () => {
    if (!isInstalled()) await install();
    if (!(installOnly || isBuilt())) await build();
  });
}

/** What a user can mend: shown without a stack. */
export class SetupError extends Error {}

function assertNodeVersion() {
  const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const wanted = engines.node.replace(">=", "");
  const [major, minor = 0] = wanted.split(".").map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split(".").map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  throw new SetupError(`Node ${wanted} or newer is needed, and this is ${process.version}`);
}

function isReady(installOnly) {
  return isInstalled() && (installOnly || isBuilt());
}

function isInstalled() {
  return readStamp(ROOT, "install") === installStamp(ROOT) && missingPackages(ROOT).length === 0;
}

function isBuilt() {
  return readStamp(ROOT, "build") === buildStamp(ROOT) && missingOutputs(ROOT).length === 0;
}

async function install() {
  removeStamp(ROOT, "install");
  const pnpm = await findPnpm();
  await step(`installing packages (pnpm ${PNPM_VERSION})`, async () => {
    // A terminal-less pnpm would otherwise ask whether it may replace a half-made node_modules.
    const options = ["--frozen-lockfile", "--config.confirmModulesPurge=false"];
    await run([...pnpm, "install", ...options], "packages could not be installed");
  });
  writeStamp(ROOT, "install", installStamp(ROOT));
}

/** pnpm as npm brings it; where npm cannot, a pnpm of the same major version on PATH. */
async function findPnpm() {
  const byNpm = ["npm", "exec", "--yes", `--package=pnpm@${PNPM_VERSION}`, "--", "pnpm"];
  const [major] = PNPM_VERSION.split(".");
  const answer = await capture([...byNpm, "--version"]);
  if (answer.stdout.trim() === PNPM_VERSION) return byNpm;
  const onPath = await capture(["pnpm", "--version"]);
  if (onPath.stdout.startsWith(`${major}.`)) return ["pnpm"];
  throw new SetupError(
    `pnpm ${PNPM_VERSION} could not be fetched with npm, and there is no pnpm ${major} on PATH:\n` +
      answer.stderr.trim(),
  );
}

async function build() {
  removeStamp(ROOT, "build");
  // Taken before the compiler reads, so that an edit made meanwhile is built next time.
  const stamp = buildStamp(ROOT);
  await step("building", async () => {
    await compile([]);
    // The compiler trusts its own record of what it wrote, even when the files are gone.
    const isGone = (file) => file.endsWith(".js");
    if (missingOutputs(ROOT).some(isGone)) await compile(["--force"]);
    for (const folder of bundleFolders(ROOT)) await bundle(folder);
  });
  writeStamp(ROOT, "build", stamp);
}

async function compile(options) {
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  await run(
    [process.execPath, compiler, "-b", ...options, ...projectFolders(ROOT)],
    "the build failed",
  );
}

async function bundle(folder) {
  const cwd = join(ROOT, folder);
  const bundler = join(cwd, "node_modules", "vite", "bin", "vite.js");
  const command = [process.execPath, bundler, "build", "--logLevel", "warn"];
  await run(command, `${folder} could not be built`, { cwd });
}

async function step(title, work) {
  const startedAt = performance.now();
  process.stderr.write(`[setup] ${title} ...\n`);
  await work();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stderr.write(`[setup] ${title}: done in ${seconds} s\n`);
}

/** Runs a command with its output on our stderr. */
async function run([command, ...args], failure, { cwd = ROOT } = {}) {
  const child = spawn(command, args, { cwd, stdio: ["ignore", 2, 2] });
  const { code, signal, error } = await ended(child);
  if (code !== 0) throw new SetupError(`${failure} (${error?.message ?? signal ?? code})`);
}

async function capture([command, ...args]) {
  const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      output[name] += text;
    });
  }
  const { error } = await ended(child);
  return error === undefined ? output : { ...output, stderr: error.message };
}

function ended(child) {
  return new Promise((done) => {
    child.once("error", (error) => done({ error }));
    child.once("close", (code, signal) => done({ code, signal }));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    await bootstrap({ installOnly: process.argv.includes("--install-only") });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`[setup] ${error.message}\n`);
    process.exitCode = 1;
  }
}
