// 한 줄에 {"chapter", "name", "params"} 하나를 받아 한 스레드로 재고, 결과를
// 한 줄로 냄: node wasm.mjs <장의 폴더들이 있는 폴더>
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
// Node는 이 표시가 있어야 .js를 모듈로 읽음
writeFileSync(join(folder, "package.json"), '{"type":"module"}');
// 스레드 도우미는 불러올 때 워커의 전역을 찾음
globalThis.self ??= { addEventListener() {} };

const opened = new Map();

async function open(chapter) {
  if (!opened.has(chapter)) {
    const glue = pathToFileURL(join(folder, chapter, "lab.js"));
    const lab = await import(glue);
    const module = readFileSync(join(folder, chapter, "lab_bg.wasm"));
    lab.initSync({ module });
    opened.set(chapter, lab);
  }
  return opened.get(chapter);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { chapter, name, params } = JSON.parse(line);
  const lab = await open(chapter);
  process.stdout.write(`${lab.measure(name, JSON.stringify(params))}\n`);
}
