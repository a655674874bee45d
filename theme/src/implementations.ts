// 세 구현: 비교, 코드, Python 고쳐 보기, 내 컴퓨터 결과.

import type { CardData, Column, Outcome, Timing } from "./data";
import { h, liveRegion, need } from "./dom";
import type { Texts } from "./form";
import type { Runtime } from "./local";
import { createPastePanel } from "./pastepanel";
import { createPyPanel } from "./pypanel";
import type { Chart, Report, View } from "./report";
import type { Exact } from "./runner";
import { createTabs } from "./tabs";

interface Host {
  values(): Texts;
  rust(values: Texts): Promise<Exact>;
  /** Python의 시간이 나옴: 시간을 묻는 예측의 정답이 이제 있음. */
  timed(python: Outcome): void;
}

const WRITING = ".cm-focused, textarea:focus, input[type=text]:focus";

export interface Implementations {
  exact(report: Report): void;
  /** Rust의 시간을 더하고, 같은 매개변수로 잰 Python의 시간을 돌려줌. */
  measured(report: Report, views: View[]): Timing[];
  reset(): void;
}

export function createImplementations(
  root: HTMLElement,
  data: CardData,
  host: Host,
): Implementations {
  const target = need(root, ".lab-compare");
  const initial = [...target.childNodes];
  const { recorded } = data;
  const record = recorded && `기록: ${recorded.machine} · ${recorded.date}`;
  const origin = h("button", {
    type: "button",
    class: "lab-link",
    popovertarget: `${data.name}-origin`,
    "aria-label": "기록의 출처",
  });
  origin.append("출처");
  const recordedNote = record
    ? [
        h("p", { class: "lab-hint" }, record, h("span", {}, " · ", origin)),
      ]
    : [];
  let wasm: Outcome | null = null;
  let python: Outcome | null = null;
  // 독자의 컴퓨터에서 온 것
  const mine: Partial<Record<Runtime | "pasted", Column>> = {};
  const live = liveRegion();
  need(root, ".lab-implementations").append(live);

  async function show(): Promise<void> {
    const columns: Column[] = [];
    if (wasm) columns.push({ title: "WASM · 이 브라우저", outcome: wasm });
    if (python) {
      columns.push({ title: "Pyodide · 이 브라우저", outcome: python });
    }
    columns.push(...Object.values(mine));
    const fresh = columns.length > 0;
    columns.push(...(recorded?.columns ?? []));
    const { compareColumns } = await import("./compare");
    if (fresh) {
      target.replaceChildren(...compareColumns(columns), ...recordedNote);
    } else {
      target.replaceChildren(...initial);
    }
  }

  const panels = [...root.querySelectorAll<HTMLElement>(".lab-panel")];
  const python_ = need(root, "[data-panel=python]");
  const pyPanel = createPyPanel(python_, data, {
    ...host,
    async done(outcome, rust) {
      python = outcome;
      const timed = outcome.timings.length > 0;
      if (timed) host.timed(outcome);
      if (!wasm || !sameParams(wasm, rust)) wasm = fromReport(rust);
      await show();
      // 그사이 글을 적고 있으면 끌어내지 않음
      const writing = root.querySelector(WRITING);
      if (!timed && !writing) tabs.open(panels.indexOf(compare));
    },
  });
  async function take(from: keyof typeof mine, column: Column): Promise<void> {
    mine[from] = column;
    await show();
    // 그사이 처음으로 되돌렸으면 말하지도 옮겨 가지도 않음
    if (mine[from] !== column) return;
    tabs.open(panels.indexOf(compare));
    live.textContent = `${column.title}: 비교에 넣음`;
  }
  const native = need(root, "[data-panel=native]");
  createPastePanel(native, data.name, (column) => take("pasted", column));
  const base = document.querySelector<HTMLMetaElement>("[name=lab-local]");
  let local: Promise<void> | null = null;
  let stopLocal = (): void => {};
  async function openLocal({ content }: HTMLMetaElement): Promise<void> {
    const { createLocalPanel } = await import("./local");
    const { values } = host;
    const made = createLocalPanel(data, content, { values, done: take });
    need(native, ".lab-panel-title").after(made.panel);
    stopLocal = made.reset;
  }
  const compare = need(root, "[data-panel=compare]");
  const tabs = createTabs(root, "세 구현", (panel) => {
    if (panel === python_) pyPanel.open();
    if (panel === native && base) local ??= openLocal(base);
  });

  /** Rust의 것을 놓음. Python이 제 한도에서 낸 것과는 견주지 않음. */
  function hold(mine: Outcome, report: Report): void {
    wasm = mine;
    if (python && !sameParams(python, report)) python = null;
    void show();
  }

  return {
    exact: (report) => hold(fromReport(report), report),
    measured(report, views) {
      hold({ ...fromReport(report), charts: measuredCharts(views) }, report);
      return python?.timings ?? [];
    },
    reset() {
      pyPanel.reset();
      stopLocal();
      wasm = python = null;
      delete mine.native;
      delete mine.python;
      delete mine.pasted;
      void show();
    },
  };
}

export const sameParams = ({ params }: Outcome, report: Report): boolean =>
  JSON.stringify(params) === JSON.stringify(report.params);

const fromReport = (report: Report): Outcome => ({
  params: report.params,
  answers: report.answers,
  checksum: report.checksum,
  charts: measuredCharts(report.views),
  timings: [],
});

const measuredCharts = (views: View[]): Chart[] =>
  views.filter((view) => view.kind === "chart" && view.badge === "measured") as
    Chart[];
