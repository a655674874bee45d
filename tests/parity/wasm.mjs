// WASM 모듈을 Node에서 한 스레드로 돌림.
// 표준 입력의 [{"chapter", "name", "params"}]마다 같은 순서로
// {"outcome": 보고서, "memory": 그때까지의 선형 메모리 바이트}를 냄.
//   node wasm.mjs <장의 폴더들이 있는 폴더> [--fresh]
// --fresh면 경우마다 새 모듈에서 돌려, 메모리가 그 경우만의 것임.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const fresh = process.argv.includes("--fresh");
// Node는 이 표시가 있어야 .js를 모듈로 읽음
writeFileSync(join(folder, "package.json"), '{"type":"module"}');
// 스레드 도우미는 불러올 때 워커의 전역을 찾음
globalThis.self ??= { addEventListener() {} };

const opened = new Map();

async function open(chapter, turn) {
  const key = `${chapter}?${fresh ? turn : 0}`;
  if (opened.has(key)) return opened.get(key);
  const glue = pathToFileURL(join(folder, chapter, "lab.js"));
  // 물음표 뒤가 다르면 다른 모듈임
  const lab = await import(`${glue}?${key}`);
  const module = readFileSync(join(folder, chapter, "lab_bg.wasm"));
  const { memory } = lab.initSync({ module });
  opened.set(key, { lab, memory });
  return opened.get(key);
}

const cases = JSON.parse(readFileSync(0, "utf8"));
const results = [];
for (const [turn, { chapter, name, params }] of cases.entries()) {
  const { lab, memory } = await open(chapter, turn);
  const outcome = JSON.parse(lab.run(name, JSON.stringify(params)));
  results.push({ outcome, memory: memory.buffer.byteLength });
  if (fresh) opened.clear();
}
process.stdout.write(JSON.stringify(results));
