// Pyodide(CPython → WASM)를 Node에서 띄워 네이티브와 같은 파일을 돌림.
//   node pyodide.mjs answers   표준 입력의 경우들에 대한 답
//   node pyodide.mjs reality   모형과 이 인터프리터를 견주는 시험
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { loadPyodide } = await import(
  join(root, "theme/node_modules/pyodide/pyodide.mjs")
);
const python = await loadPyodide();

function* files(folder, wanted) {
  const options = { recursive: true, withFileTypes: true };
  for (const entry of readdirSync(join(root, folder), options)) {
    if (entry.isFile() && wanted.test(entry.name)) {
      yield relative(root, join(entry.parentPath, entry.name));
    }
  }
}

const wanted = [
  ...files("src", /\.(py|txt)$/),
  ...files("tests", /\.py$/),
  ...files("data/params", /\.json$/),
];
for (const path of wanted) {
  python.FS.mkdirTree(join("/book", dirname(path)));
  python.FS.writeFile(join("/book", path), readFileSync(join(root, path)));
}

if (process.argv[2] === "answers") {
  python.globals.set("cases", readFileSync(0, "utf8"));
  const text = python.runPython(`
import sys
sys.path.insert(0, "/book/tests/parity")
import counterpart
counterpart.answers(cases)
`);
  process.stdout.write(text);
} else {
  python.setStdout({ batched: (line) => console.log(line) });
  python.setStderr({ batched: (line) => console.log(line) });
  const failed = python.runPython(`
import sys, unittest
sys.path.insert(0, "/book/tests/reality")
suite = unittest.defaultTestLoader.discover("/book/tests/reality")
result = unittest.TextTestRunner(verbosity=1).run(suite)
print("reality", result.testsRun, len(result.failures) + len(result.errors),
      len(result.skipped), sys.version.split()[0])
len(result.failures) + len(result.errors)
`);
  process.exitCode = failed ? 1 : 0;
}
