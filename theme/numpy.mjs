// Pyodide의 NumPy 패키지를 받아 둠:
//   node numpy.mjs <놓을 폴더> [받을 주소나 폴더]
// 주소를 말하지 않으면 Pyodide가 스스로 받는 곳에서 받음. 잠금 파일의 해시와
// 다르면 놓지 않음.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lock } from "./packages.mjs";

const pyodide = join(
  dirname(fileURLToPath(import.meta.url)),
  "node_modules",
  "pyodide",
);
const [folder, said] = process.argv.slice(2);
const { file_name: file, sha256 } = (await lock()).packages.numpy;

/** pyodide.mjs에 적힌, 패키지를 받는 주소. */
async function usual() {
  const text = await readFile(join(pyodide, "pyodide.mjs"), "utf8");
  const { version } = JSON.parse(
    await readFile(join(pyodide, "package.json"), "utf8"),
  );
  const address = /https:\/\/[^"'`]*\/pyodide\/v\$\{\w+\}\/full\//;
  const [found] = address.exec(text) ?? [];
  if (!found) throw new Error("Pyodide에 패키지를 받는 주소가 없음");
  return found.replace(/\$\{\w+\}/, version);
}

async function take(from) {
  if (!/^https?:/.test(from)) return readFile(join(from, file));
  const response = await fetch(new URL(file, from));
  if (!response.ok) throw new Error(`${from}${file}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

try {
  const bytes = await take(said ?? (await usual()));
  const seen = createHash("sha256").update(bytes).digest("hex");
  if (seen !== sha256) {
    throw new Error(`${file}: 해시가 잠금 파일과 다름 (${seen})`);
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, file), bytes);
} catch (error) {
  const cause = error.cause?.message ?? "";
  console.error([error.message, cause].filter(Boolean).join(": "));
  process.exitCode = 1;
}
