// WASM 모듈을 Node에서 한 스레드로 돌림.
// 표준 입력의 [{"name", "params"}]을 받아 같은 순서의 보고서를 냄.
//   node wasm.mjs <core.js가 있는 폴더>
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
// Node는 이 표시가 있어야 .js를 모듈로 읽음
writeFileSync(join(folder, "package.json"), '{"type":"module"}');
// 스레드 도우미는 불러올 때 워커의 전역을 찾음
globalThis.self ??= { addEventListener() {} };
const core = await import(pathToFileURL(join(folder, "core.js")));
const module = readFileSync(join(folder, "core_bg.wasm"));
const { memory } = core.initSync({ module });

const cases = JSON.parse(readFileSync(0, "utf8"));
const reports = cases.map(({ name, params }) =>
  JSON.parse(core.run(name, JSON.stringify(params))),
);
// 선형 메모리는 줄지 않으므로 끝의 크기가 최고점임
const BUDGET = 64 * 2 ** 20;
if (memory.buffer.byteLength > BUDGET) {
  throw new Error(`메모리 ${memory.buffer.byteLength}바이트 > ${BUDGET}`);
}
process.stdout.write(JSON.stringify(reports));
