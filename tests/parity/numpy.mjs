// `cargo book prepare --numpy`의 길을, 여기서 만든 작은 꾸러미로 확인함.
//   node numpy.mjs <빈 폴더>
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const theme = resolve(dirname(fileURLToPath(import.meta.url)), "../../theme");
const home = resolve(process.argv[2]);
const [from, store, out] = ["from", "store", "out"].map((each) => {
  const folder = join(home, each);
  mkdirSync(folder, { recursive: true });
  return folder;
});
const file = "numpy-0.0-py3-none-any.whl";

/** 판만 말하는 꾸러미. */
const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("numpy/__init__.py", "__version__ = '0.0'\\n")
    info = "numpy-0.0.dist-info/"
    wheel.writestr(info + "METADATA", "Name: numpy\\nVersion: 0.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\n")
    wheel.writestr(info + "RECORD", "")
`;
execFileSync("python3", ["-c", WHEEL, join(from, file)]);
const sha256 = createHash("sha256")
  .update(readFileSync(join(from, file)))
  .digest("hex");

const lock = JSON.parse(
  readFileSync(join(theme, "node_modules/pyodide/pyodide-lock.json"), "utf8"),
);
const entry = { ...lock.packages.numpy, version: "0.0", file_name: file };
const own = join(home, "lock.json");
const writeLock = (hash) => {
  const packages = { numpy: { ...entry, sha256: hash } };
  writeFileSync(own, JSON.stringify({ ...lock, packages }));
};
const run = (script, ...args) =>
  spawnSync("node", [join(theme, script), ...args], {
    env: { ...process.env, LAB_PYODIDE_LOCK: own },
    encoding: "utf8",
  });

writeLock("0".repeat(64));
const refused = run("numpy.mjs", store, from);
assert.equal(refused.status, 1, "다른 해시를 받아들임");
assert.match(refused.stderr, /해시가 잠금 파일과 다름/);
assert.ok(!existsSync(join(store, file)), "거절한 것을 놓음");

writeLock(sha256);
const taken = run("numpy.mjs", store, from);
assert.equal(taken.status, 0, taken.stderr);
const built = run("build.mjs", out, store);
assert.equal(built.status, 0, built.stderr);

const engine = pathToFileURL(join(out, "pyodide/pyodide.mjs"));
const { loadPyodide } = await import(engine);
const python = await loadPyodide({ indexURL: join(out, "pyodide/") });
await python.loadPackage(["numpy"]);
const version = python.runPython("import numpy; numpy.__version__");
assert.equal(version, "0.0");
