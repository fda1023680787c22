#!/usr/bin/env node
// The pinned compiler (npm package solc: the official compiler as WebAssembly) behind solc's own command line, as far
// as `--version` and `--standard-json` go. Imports are found under --base-path and nowhere else.
import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";

const solc = createRequire(import.meta.url)("solc");
const VALUE_OPTIONS = new Set(["--base-path", "--allow-paths"]);
const FLAGS = new Set(["--version", "--standard-json"]);

/** Splits the arguments into flags and option values; refuses what it does not know. */
function parseArguments(argv) {
  const flags = new Set();
  const values = new Map();
  for (let index = 0; index < argv.length; index += 1) {
    const [name, inline] = argv[index].split(/=(.*)/s, 2);
    if (FLAGS.has(name)) {
      flags.add(name);
    } else if (VALUE_OPTIONS.has(name)) {
      const value = inline ?? argv[(index += 1)];
      if (value === undefined) throw new Error(`${name} needs a value`);
      values.set(name, value);
    } else {
      throw new Error(`unknown option ${name}`);
    }
  }
  return { flags, values };
}

/** Returns the import callback over one folder. */
function importsUnder(folder) {
  const root = realpathSync(folder);
  return (name) => {
    const file = path.resolve(root, name);
    if (!file.startsWith(root + path.sep)) return { error: `${name} is outside of the base path` };
    try {
      return { contents: readFileSync(file, "utf8") };
    } catch (error) {
      return { error: `${name} cannot be read (${error.code})` };
    }
  };
}

try {
  const { flags, values } = parseArguments(process.argv.slice(2));
  if (flags.has("--version")) {
    process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
  } else if (flags.has("--standard-json")) {
    const findImport = importsUnder(values.get("--base-path") ?? ".");
    process.stdout.write(solc.compile(await text(process.stdin), { import: findImport }));
  } else {
    throw new Error("give --version or --standard-json");
  }
} catch (error) {
  process.stderr.write(`solc-node: ${error.message}\n`);
  process.exitCode = 1;
}
