// Pyodide의 잠금 파일이 아는 패키지.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** 잠금 파일. 시험은 제가 만든 것을 `LAB_PYODIDE_LOCK`으로 말함. */
export async function lock() {
  const own = join(here, "node_modules", "pyodide", "pyodide-lock.json");
  const path = process.env.LAB_PYODIDE_LOCK ?? own;
  return JSON.parse(await readFile(path, "utf8"));
}
