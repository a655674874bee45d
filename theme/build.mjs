// 페이지의 스크립트를 묶음: node build.mjs <출력 폴더>

import { build } from "esbuild";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
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

// Pyodide: 표준 라이브러리만 쓰므로 다른 꾸러미의 목록은 비움
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
const lock = JSON.parse(
  await readFile(join(pyodide, "pyodide-lock.json"), "utf8"),
);
await writeFile(
  join(engine, "pyodide-lock.json"),
  JSON.stringify({ ...lock, packages: {} }),
);
