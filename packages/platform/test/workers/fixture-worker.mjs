import { Counter, Registry } from "prom-client";
import { workerLink } from "../../dist/index.js";

/**
 * A worker that does what a line on one of its connections says, and answers with a line. `FIXTURE_MODE` lets it fail to
 * start, never get ready, refuse connections, or ignore that it should drain.
 */
const mode = process.env.FIXTURE_MODE;
const link = workerLink((error) => {
  process.stderr.write(`${error}\n`);
  process.exit(9);
});
if (mode === "failing") {
  link.reportFailure("the fixture fails");
  process.exit(1);
}

const metrics = new Registry();
const lines = new Counter({ name: "fixture_lines_total", help: "Lines.", registers: [metrics] });
let isActive = false;
let seen = "nothing";
void link.whenActive().then(() => {
  isActive = true;
});
const bus = link.bus("news");
bus.subscribe((payload) => {
  seen = payload;
});

const COMMANDS = {
  who: () => `${link.slot} ${process.pid} ${isActive}`,
  crash: () => process.exit(3),
  hang: () => {
    for (;;) seen = "hanging";
  },
  seen: () => seen,
  publish: async (news) => JSON.stringify(await bus.publish(news)),
  scrape: async () => JSON.stringify((await link.scrape()).text),
  summary: () => JSON.stringify(link.summary ?? {}),
};

async function obey(socket, command, argument) {
  lines.inc();
  socket.write(`${await COMMANDS[command](argument)}\n`);
}

async function end() {
  await link.sendFinalMetrics(metrics).catch(() => undefined);
  process.exit(0);
}

link.onConnection((socket) => {
  if (mode === "full") return false;
  let text = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    text += chunk;
    if (!text.endsWith("\n")) return;
    const [command, argument] = text.trim().split(" ");
    text = "";
    void obey(socket, command, argument);
  });
  return true;
});
link.provideMetrics(metrics);
link.onDrain(() => {
  if (mode !== "stuck") void end();
});
link.setState("open");
if (mode !== "never-ready") link.setState("ready");
