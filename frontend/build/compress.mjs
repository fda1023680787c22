// Compresses what the build made, once and as small as it gets: the node sends these files as they are.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";

const FOLDER = new URL("../dist/", import.meta.url).pathname;
const TEXT = /\.(?:html|m?js|css|svg|json|webmanifest|wasm|txt)$/;
/** Below that a header costs more than what is saved. */
const WORTH_BYTES = 512;

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

async function compress(path) {
  const content = await readFile(path);
  if (content.length < WORTH_BYTES) return;
  const params = {
    [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
    [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  const smaller = { br: await brotli(content, { params }), gz: await gzip(content, { level: 9 }) };
  for (const [ending, bytes] of Object.entries(smaller)) {
    if (bytes.length < content.length) await writeFile(`${path}.${ending}`, bytes);
  }
}

const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true });
const paths = entries
  .filter((entry) => entry.isFile() && TEXT.test(entry.name))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
const lanes = Array.from({ length: availableParallelism() }, async () => {
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) await compress(path);
});
await Promise.all(lanes);
