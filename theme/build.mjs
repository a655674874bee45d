// 페이지의 스크립트를 묶음: node build.mjs <출력 폴더> [Pyodide 패키지 폴더]

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lock } from "./packages.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [out, store = ""] = process.argv.slice(2);
const source = (name) => join(here, "src", `${name}.ts`);
const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
};

await build({
  ...common,
  entryPoints: ["main", "lab-worker", "echo-worker", "python-worker"].map(source),
  outdir: out,
  splitting: true,
  chunkNames: "[name]-[hash]",
});
// 서비스 워커는 책의 뿌리에 놓이는 고전 스크립트임
await build({
  ...common,
  entryPoints: [source("sw")],
  outdir: out,
  format: "iife",
});

const pyodide = join(here, "node_modules", "pyodide");
const engine = join(out, "pyodide");
await mkdir(engine, { recursive: true });
for (const file of [
  "pyodide.mjs",
  "pyodide.asm.mjs",
  "pyodide.asm.wasm",
  "python_stdlib.zip",
]) {
  await cp(join(pyodide, file), join(engine, file));
}
// 목록에는 받아 둔 패키지만 남김: `cargo book prepare --numpy`
const { packages, ...rest } = await lock();
const kept = {};
for (const name of ["numpy"]) {
  const { file_name: file, sha256 } = packages[name];
  const path = join(store, file);
  if (!existsSync(path)) continue;
  const bytes = await readFile(path);
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) continue;
  await cp(path, join(engine, file));
  kept[name] = packages[name];
}
await writeFile(
  join(engine, "pyodide-lock.json"),
  JSON.stringify({ ...rest, packages: kept }),
);
