import { runVectorFiles } from "./vectors/command.ts";

process.exitCode = runVectorFiles(process.argv.slice(2), (line) => {
  process.stdout.write(`${line}\n`);
});
