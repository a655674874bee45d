// CPython이 도는 작업자.

import type { FromPython, PythonJob } from "./protocol";

declare const self: DedicatedWorkerGlobalScope;

interface Engine {
  version: string;
  FS: {
    mkdirTree(path: string): void;
    writeFile(path: string, text: string): void;
  };
  setStdout(options: { write: (bytes: Uint8Array) => number }): void;
  setStderr(options: { write: (bytes: Uint8Array) => number }): void;
  loadPackage(names: string[]): Promise<unknown>;
  runPython(code: string): unknown;
  globals: { get(name: string): Callable };
}

interface Callable {
  (...args: string[]): string;
  callPromising(...args: string[]): Promise<string>;
}

/**
 * 약속을 기다리는 파이썬은 스택을 바꿀 수 있는 브라우저에서만 돎. 크로뮴은
 * 그렇게 돌다 글을 쏟아 내는 작업자를 끝내면 다음 작업자가 뜨지 않을 때가 있어,
 * 쓰는 코드에서만 함.
 */
const switches = (source = ""): boolean =>
  "Suspending" in WebAssembly && source.includes("asyncio.run(");

const HOME = "/book";

/**
 * `cli.main`을 가로채 대응물의 두 함수를 얻음: 이름에 기대지 않음. 앞에서
 * 돌린 코드가 고친 것은 버리고 시작함.
 */
const DRIVER = `
import importlib.util, json, sys, traceback
sys.path.insert(0, "${HOME}/src")

parts = {}

def ours(module):
    # 파일이 없는 이름 공간 패키지도 제 것을 쥐고 있음
    places = [getattr(module, "__file__", "")]
    places.extend(getattr(module, "__path__", ()))
    return any(str(place).startswith("${HOME}/") for place in places)

def forget():
    parts.clear()
    for name in [name for name, each in sys.modules.items() if ours(each)]:
        del sys.modules[name]
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__

def load(path):
    forget()
    folder = path.rpartition("/")[0]
    if folder not in sys.path:
        # 옆의 대응물을 이름으로 들여오는 것이 있음
        sys.path.append(folder)
    spec = importlib.util.spec_from_file_location("counterpart", path)
    module = importlib.util.module_from_spec(spec)
    def take(name, run, measure=None):
        parts.update(run=run, measure=measure)
    importlib.import_module("lab.cli").main = take
    spec.loader.exec_module(module)
    module.main()
    if "run" not in parts:
        raise RuntimeError("main()이 cli.main을 부르지 않음")

def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass

def guarded(work, path):
    try:
        text = json.dumps(work(), ensure_ascii=False, allow_nan=False)
        return '{"ok": ' + text + "}"
    except BaseException as error:
        tb = error.__traceback__
        while tb and tb.tb_frame.f_code.co_filename != path:
            tb = tb.tb_next
        lines = traceback.format_exception(type(error), error, tb)
        return json.dumps({"error": "".join(lines)}, ensure_ascii=False)
    finally:
        flush()

def run_exact(path, report):
    def work():
        load(path)
        parts["params"] = json.loads(report)["ok"]["params"]
        return parts["run"](dict(parts["params"]))
    return guarded(work, path)

def run_measure(path):
    measure = parts["measure"]
    return guarded(lambda: measure(parts["params"]) if measure else {}, path)
`;

const send = (message: FromPython): void => self.postMessage(message);

/** 곧바로 보내는 조각의 수. 조각은 대개 한 줄임. */
const PROMPT_PARTS = 1_000;
const FLUSH_MS = 100;
/** 실행 하나가 보이는 글자 수. */
const MOST_OUTPUT = 100_000;
const CUT = "\n이후의 출력은 버림\n";

/**
 * 끝나지 않는 코드는 작업자를 놓지 않아 나중에 보낼 때가 없음: 찍은 것은
 * 곧바로 보냄. 다만 쏟아 내는 코드가 쪽을 멈춰 세우지 않게, 많아지면 모음.
 */
function createPrinter() {
  let [kept, sent, parts, length] = ["", 0, 0, 0];
  function flush(): void {
    if (kept !== "") send({ type: "output", text: kept });
    kept = "";
    sent = performance.now();
  }
  function print(text: string): void {
    if (length > MOST_OUTPUT) return;
    kept += text.slice(0, MOST_OUTPUT - length);
    parts += 1;
    length += text.length;
    const full = length > MOST_OUTPUT;
    if (full) kept += CUT;
    const late = performance.now() - sent > FLUSH_MS;
    if (full || parts <= PROMPT_PARTS || late) flush();
  }
  /** 파이썬이 내보낸 바이트를 받는 것. 글자가 둘로 갈려 올 수 있음. */
  function stream() {
    const decoder = new TextDecoder();
    return {
      write(bytes: Uint8Array): number {
        print(decoder.decode(bytes, { stream: true }));
        return bytes.length;
      },
    };
  }
  return {
    stream,
    flush,
    begin: () => void ([parts, length] = [0, 0]),
  };
}

const NO_ENGINE =
  "파이썬을 내려받지 못함: 연결을 확인하고 다시 실행하면 됨";

const printer = createPrinter();
let engine: Promise<Engine> | null = null;
let driven = false;

async function load(base: string): Promise<Engine> {
  send({ type: "state", text: "파이썬을 내려받는 중 (13 MB, 처음 한 번만)" });
  const { loadPyodide } = (await import(`${base}pyodide.mjs`)) as {
    loadPyodide(options: { indexURL: string }): Promise<Engine>;
  };
  const python = await loadPyodide({ indexURL: base });
  python.setStdout(printer.stream());
  python.setStderr(printer.stream());
  return python;
}

async function work(job: PythonJob): Promise<void> {
  engine ??= load(job.engine).catch((error: unknown) => {
    engine = null;
    throw new Error(`${NO_ENGINE} (${String(error)})`);
  });
  const python = await engine;
  for (const [path, text] of Object.entries(job.files)) {
    const full = `${HOME}/${path}`;
    python.FS.mkdirTree(full.slice(0, full.lastIndexOf("/")));
    python.FS.writeFile(full, text);
  }
  if (job.packages.length > 0) {
    send({ type: "state", text: "패키지를 올리는 중" });
    await python.loadPackage(job.packages);
  }
  if (!driven) python.runPython(DRIVER);
  driven = true;
  const path = `${HOME}/${job.path}`;
  send({ type: "state", text: "계산하는 중" });
  printer.begin();
  const { globals } = python;
  const exact = unwrap(globals.get("run_exact")(path, job.params));
  send({ type: "result", part: "run", json: exact });
  send({ type: "state", text: "시간을 재는 중" });
  const measure = globals.get("run_measure");
  const waits = switches(job.files[job.path]);
  const timed = await (waits ? measure.callPromising(path) : measure(path));
  send({ type: "result", part: "measure", json: unwrap(timed) });
}

/** 파이썬의 예외. 이것이 아닌 오류는 파이썬이 통째로 넘어진 것임. */
class Raised extends Error {}

function unwrap(json: string): string {
  printer.flush();
  const outcome = JSON.parse(json) as { ok?: unknown; error?: string };
  if (outcome.error !== undefined) throw new Raised(outcome.error.trim());
  return JSON.stringify(outcome.ok);
}

self.onmessage = ({ data }: MessageEvent<PythonJob>) => {
  work(data).catch((error: unknown) => {
    printer.flush();
    const message = error instanceof Error ? error.message : String(error);
    send({ type: "failed", message, fatal: !(error instanceof Raised) });
  });
};
