// Python 고쳐 보기: 편집기, 실행, 중지, 출력.

import { type CardData, fromEdition, type Outcome } from "./data";
import { button, h, handOver } from "./dom";
import type { Editor } from "./editor";
import type { Texts } from "./form";
import { NEW_EDITION, OTHER_EDITION } from "./protocol";
import { readAnswers, readTimings } from "./paste";
import { runPython, type Job } from "./python";
import type { Report } from "./report";
import { Stopped, type Exact } from "./runner";
import { grouped } from "./views/format";

const NO_NUMPY =
  "NumPy 판은 이 책에서는 기록만 보임: NumPy를 함께 담은 책" +
  "(cargo book prepare --numpy)에서만 페이지에서도 돎";

export interface PyHost {
  values(): Texts;
  /** 같은 매개변수의 Rust 답. 매개변수가 잘못이면 폼에 알리고 던짐. */
  rust(values: Texts): Promise<Exact>;
  /** 견줄 수 있는 답이 나옴. 보이면 끝남. */
  done(python: Outcome, rust: Report): Promise<void>;
}

export interface PyPanel {
  /** 패널이 보이면 편집기를 준비함. */
  open(): void;
  /** 돌던 것을 멈추고 답을 버림. */
  reset(): void;
}

export function createPyPanel(
  panel: HTMLElement,
  data: CardData,
  host: PyHost,
): PyPanel {
  if (data.python.kind === "none") return { open() {}, reset() {} };
  const path = `${data.chapter}/${data.name}.py`;
  const numpyPath = `${data.chapter}/${data.name}_numpy.py`;
  const box = h("div", { class: "lab-editor" });
  const output = h("pre", { class: "lab-output", tabindex: 0, role: "log" });
  output.setAttribute("aria-label", "Python 출력");
  output.hidden = true;
  const state = h("span", { class: "lab-status", role: "status" });
  const run = button("Python 실행", () => void start(edited, run));
  const numpy = button("NumPy로 재기", () => void start(withNumpy, numpy));
  numpy.hidden = data.numpy !== true;
  run.classList.add("primary", "lab-primary");
  const stop = button("중지", () => control.abort(), { disabled: true });
  const undo = button("원래대로", () => editor?.replace(original));
  const bar = h(
    "div",
    { class: "lab-actions" },
    run,
    numpy,
    stop,
    undo,
    state,
  );
  const keys = "편집기에서 Esc를 누른 다음 Tab을 누르면 밖으로 나감";
  panel.append(
    ...limits(data),
    box,
    h("p", { class: "lab-hint" }, keys),
    ...(data.numpy === false ? [h("p", { class: "lab-hint" }, NO_NUMPY)] : []),
    bar,
    output,
  );

  let control = new AbortController();
  let editor: Editor | null = null;
  let original = "";
  let files: Promise<Record<string, string>> | null = null;
  let opening: Promise<void> | null = null;

  async function load(): Promise<void> {
    files ??= fetchFiles(data, data.numpy ? [path, numpyPath] : [path]);
    const [sources, { createEditor }] = await Promise.all([
      files,
      import("./editor"),
    ]);
    original = sources[`src/${path}`] ?? "";
    editor = createEditor(box, original, `${data.name}.py`);
  }

  function open(): Promise<void> {
    opening ??= load().catch(({ message }: Error) => {
      opening = files = null;
      throw new Error(`코드를 받지 못함: ${message}`);
    });
    return opening;
  }

  type Sources = Record<string, string>;
  type Work = (sources: Sources, editor: Editor) => Omit<Job, "params">;

  const edited: Work = (sources, editor) => ({
    files: { ...sources, [`src/${path}`]: editor.text() },
    packages: [],
    path: `src/${path}`,
  });
  const withNumpy: Work = (sources) => ({
    files: sources,
    packages: ["numpy"],
    path: `src/${numpyPath}`,
  });

  function busy(on: boolean, pressed: HTMLElement): void {
    const [from, to] = on ? [pressed, stop] : [stop, pressed];
    handOver(from, to, () => {
      run.disabled = numpy.disabled = on;
      stop.disabled = !on;
    });
  }

  async function start(work: Work, pressed: HTMLElement): Promise<void> {
    busy(true, pressed);
    state.textContent = "준비하는 중";
    output.textContent = "";
    output.hidden = true;
    control = new AbortController();
    const { signal } = control;
    try {
      // 어느 단계를 기다리고 있든 곧바로 그만둠
      await Promise.race([attempt(work, signal), aborted(signal)]);
      state.textContent = "끝남";
    } catch (error) {
      const stopped = error instanceof Stopped;
      state.textContent = stopped ? "중지함" : "오류";
      if (!stopped) print(`${(error as Error).message}\n`);
    } finally {
      busy(false, pressed);
    }
  }

  async function attempt(work: Work, signal: AbortSignal): Promise<void> {
    await open();
    const sources = await files;
    if (!editor || !sources || signal.aborted) return;
    const rust = await host.rust(withLimits(panel, host.values()));
    if (signal.aborted) return;
    const job = { ...work(sources, editor), params: rust.json };
    await follow(job, rust.report, signal);
  }

  async function follow(
    job: Job,
    rust: Report,
    signal: AbortSignal,
  ): Promise<void> {
    const { params } = rust;
    let outcome: Outcome | null = null;
    let drawn = Promise.resolve();
    const listener = {
      state: (text: string) => void (state.textContent = text),
      output: print,
      exact(json: string) {
        const found = readAnswers(JSON.parse(json), "run의 결과");
        outcome = { params, ...found, charts: [], timings: [] };
        drawn = host.done(outcome, rust);
      },
    };
    const timed = await runPython(job, listener, signal);
    await drawn;
    const measured = readTimings(JSON.parse(timed), "measure의 결과");
    measured.notes.forEach((note) => print(`${note}\n`));
    // 다 보이기 전에 끝났다고 하면, 독자가 돌아온 칸을 뒤늦게 넘김
    if (outcome && measured.timings.length > 0) {
      const { timings } = measured;
      await host.done({ ...(outcome as Outcome), timings }, rust);
    }
  }

  function print(text: string): void {
    output.hidden = false;
    output.append(text);
  }

  function reset(): void {
    control.abort();
  }

  const tell = ({ message }: Error): void =>
    void (state.textContent = message);
  return { open: () => void open().catch(tell), reset };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(new Stopped())),
  );

async function fetchFiles(
  { library, table, name }: CardData,
  paths: string[],
): Promise<Record<string, string>> {
  const sources = await Promise.all(
    [...paths, ...library].map(async (file) => {
      const response = await fetch(fromEdition(file));
      if (response.status === OTHER_EDITION) throw new Error(NEW_EDITION);
      if (!response.ok) throw new Error(`${file} ${response.status}`);
      return [`src/${file}`, await response.text()] as const;
    }),
  );
  const params = [`data/params/${name}.json`, table] as const;
  return Object.fromEntries([...sources, params]);
}

/** Python이 느려 작은 값으로 돌려야 하는 매개변수. */
function limits({ python, name }: CardData): HTMLElement[] {
  if (python.kind !== "up_to") return [];
  return Object.entries(python.limits).map(([field, most]) => {
    const id = `${name}-python-${field}`;
    const text = grouped(most);
    const input = h("input", {
      id,
      type: "text",
      inputmode: "numeric",
      "data-python": field,
      "data-most": most,
      placeholder: `폼의 값 (최대 ${text})`,
    });
    const label = h("label", { for: id }, `파이썬 ${field}`);
    return h("div", { class: "lab-pyfield" }, label, input);
  });
}

/** 파이썬의 값. 비었으면 폼의 값이되 파이썬의 한도까지만. */
function withLimits(panel: HTMLElement, values: Texts): Texts {
  const own = [...panel.querySelectorAll<HTMLInputElement>("[data-python]")];
  const entries = own.map((input) => {
    const field = input.dataset["python"]!;
    const most = Number(input.dataset["most"]);
    const typed = input.value.trim().replaceAll(",", "");
    if (typed === "") {
      // 수가 아닌 것은 Rust가 그대로 받아 거절함
      const text = values[field] ?? "";
      const over = /^\d+$/.test(text) && Number(text) > most;
      return [field, over ? String(most) : text];
    }
    const least = Number(lowOf(panel, field));
    const value = /^\d+$/.test(typed) ? Number(typed) : NaN;
    if (!(value >= least && value <= most)) {
      const range = `${grouped(least)}–${grouped(most)}의 정수여야 함`;
      throw new Error(`파이썬 ${field}의 값 '${typed}': ${range}`);
    }
    return [field, typed];
  });
  return { ...values, ...Object.fromEntries(entries) };
}

const lowOf = (panel: HTMLElement, field: string): string | undefined =>
  panel.closest("section")?.querySelector<HTMLElement>(
    `.lab-params [data-name="${field}"]`,
  )?.dataset["low"];
