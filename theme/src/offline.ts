// 오프라인: 글은 알아서, 나머지는 독자가 누를 때 받아 둠.

import { bookRoot, build, chapter, fromEdition } from "./data";
import { h } from "./dom";
import {
  ALL,
  cacheName,
  Edition,
  type Entry,
  FROM_SERVER,
  genuine,
  LIST,
  type List,
  NAMED_BY_CONTENT,
  TEXT,
} from "./edition";

/** 한꺼번에 받는 파일의 수. */
const LANES = 4;

const ROOT = bookRoot();
const NAME = cacheName(ROOT, build());

/** 받기를 더 이어 갈 수 없는 까닭. */
class Unkept extends Error {}

const OTHER_EDITION = "서버에 새 판이 있음, 쪽을 다시 읽고 받으면 됨";

/** 서비스 워커를 거치지 않고, 브라우저가 간직한 것은 서버에 물어보고 씀. */
function fromServer(path: string, signal: AbortSignal): Promise<Response> {
  const url = NAMED_BY_CONTENT.test(path) ? ROOT + path : fromEdition(path);
  const headers = { [FROM_SERVER]: "1" };
  return fetch(url, { cache: "no-cache", headers, signal });
}

/** 이 판을 받을 자리. 없으면 목록부터 받음. */
async function open(signal: AbortSignal): Promise<Edition> {
  const begun = await Edition.open(ROOT, NAME);
  if (begun) return begun;
  const answer = await fromServer(LIST, signal);
  if (!answer.ok) throw new Unkept("서버에 파일의 목록이 없음");
  const list = (await answer.clone().json()) as List;
  if (list.id !== build()) throw new Unkept(OTHER_EDITION);
  const cache = await caches.open(NAME);
  await cache.put(ROOT + LIST, answer);
  return open(signal);
}

type Wanted = [path: string, entry: Entry][];

const bytesOf = (files: Wanted): number =>
  files.reduce((sum, [, [, bytes]]) => sum + bytes, 0);

/** 차례로 받을 묶음들. 들른 장의 실험은 서버가 없어도 돌아야 함. */
function batches(edition: Edition, all: boolean): Wanted[] {
  if (all) return ALL.map((group) => edition.missing([group]));
  // 부른 것을 세면 안 됨: 아직 오는 중인 모듈을 놓침
  const home = `/lab/${chapter()}/`;
  const used = edition.missing(["rest"]).filter(([path]) => path.includes(home));
  return [...TEXT.map((group) => edition.missing([group])), used];
}

type Twins = Map<string, () => Promise<Response | undefined>>;

/** 다른 판이 받아 둔 파일: 내용의 해시 → 꺼내는 법. */
function twins(others: Edition[]): Twins {
  const found: Twins = new Map();
  for (const other of others) {
    for (const [path, [hash]] of other.files(ALL)) {
      if (other.has(path)) found.set(hash, () => other.match(path));
    }
  }
  return found;
}

const others = async (): Promise<Edition[]> =>
  (await Edition.all(ROOT)).filter(({ name }) => name !== NAME);

/**
 * 차례로 받음. 받지 못한 파일의 수로 끝남. 한 묶음을 다 받지 못하면 다음
 * 묶음은 시작하지 않음: 쪽만 있고 쪽이 부르는 것이 없는 일이 없게 함.
 */
async function keep(
  edition: Edition,
  wanted: Wanted[],
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const known = twins(await others());
  const one = async (path: string, entry: Entry): Promise<boolean> => {
    signal.throwIfAborted();
    const twin = await known.get(entry[0])?.();
    const answer = twin ?? (await fromServer(path, signal));
    if (!answer.ok) return false;
    const copy = await genuine(answer, entry);
    if (!copy) throw new Unkept(OTHER_EDITION);
    await edition.put(path, copy);
    onBytes(entry[1]);
    return true;
  };
  for (const waiting of wanted) {
    let failed = 0;
    const lane = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        if (!(await one(...next))) failed += 1;
      }
    };
    // 하나가 더 갈 수 없으면 나머지도 그만둠
    const halt = (error: unknown): never => {
      waiting.length = 0;
      throw error;
    };
    await Promise.all(Array.from({ length: LANES }, () => lane().catch(halt)));
    if (failed > 0) return failed;
  }
  return 0;
}

function why(error: unknown): string {
  if (error instanceof Unkept) return error.message;
  const { name } = error as Error;
  if (name === "AbortError") return "그만둠";
  if (name === "QuotaExceededError") return "이 브라우저에 둘 자리가 모자람";
  return "서버에 닿지 않음";
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const KEPT = {
  all: "모두 받아 둠: 서버가 없어도 글, 실험, 파이썬이 모두 됨",
  before: "앞서 모두 받은 판이 있음: 서버가 없으면 그 판이 열림",
  text: "글은 받아 둠: 서버가 없어도 모든 장이 열림",
  part: "글을 아직 다 받지 않음",
};

/** 설정 창의 칸. */
class Panel {
  private readonly start = h("button", { type: "button" });
  private readonly halt = h("button", { type: "button" }, "그만두기");
  private readonly bar = h("progress", { "aria-label": "내려받은 만큼" });
  private readonly count = h("span");
  private readonly status = h("p", { role: "status" });
  private stop = new AbortController();
  private asked = false;
  private problem = "";

  constructor(
    private readonly place: Element,
    private readonly worker: ServiceWorker | null,
  ) {
    this.halt.addEventListener("click", () => this.stop.abort());
    this.start.addEventListener("click", () => void this.ask());
    // 다른 탭이 받았거나 지웠을 수 있음
    const dialog = place.closest("dialog");
    dialog?.addEventListener("toggle", () => void this.look());
  }

  /** 받는 일이 끝나기를 기다림: 앞서 본 것으로 나중의 것을 덮지 않음. */
  private async look(): Promise<void> {
    await navigator.locks.request(NAME, async () => {
      if (!this.asked) await this.draw(await Edition.open(ROOT, NAME));
    });
  }

  private async ask(): Promise<void> {
    if (this.asked) return;
    this.asked = true;
    // 자리가 모자라도 브라우저가 함부로 지우지 않게 청함
    void navigator.storage.persist();
    await this.receive((edition) => batches(edition, true));
    this.asked = false;
  }

  /** 받고, 무엇을 가졌는지 보임. 한 판을 둘이 함께 받지 않음. */
  async receive(choose: (edition: Edition) => Wanted[]): Promise<void> {
    const { asked } = this;
    if (asked) this.status.textContent = "앞서 시작한 받기를 기다리는 중";
    await navigator.locks.request(NAME, async () => {
      this.stop = new AbortController();
      const { signal } = this.stop;
      let edition: Edition | null = null;
      this.problem = "";
      try {
        edition = await open(signal);
        const wanted = choose(edition);
        const tell = asked ? this.progress(bytesOf(wanted.flat())) : () => {};
        const failed = await keep(edition, wanted, signal, tell);
        if (failed > 0) this.problem = `다 받지 못함: 파일 ${failed}개가 오지 않음`;
      } catch (error) {
        this.problem = `다 받지 못함: ${why(error)}`;
      }
      await this.draw(edition);
      // 다 받았으면 지난 판을 지워도 됨
      this.worker?.postMessage(build());
    });
  }

  private progress(total: number): (bytes: number) => void {
    this.bar.max = total;
    let done = 0;
    const tell = (bytes: number): void => {
      done += bytes;
      this.bar.value = done;
      this.count.textContent = `${megabytes(done)} / ${megabytes(total)}`;
    };
    tell(0);
    this.status.textContent = "내려받는 중";
    this.show(this.halt, this.bar, this.count);
    return tell;
  }

  private async draw(edition: Edition | null): Promise<void> {
    const before = await others();
    const known = twins(before);
    const left = edition?.missing(ALL) ?? [];
    const size = bytesOf(left.filter(([, [hash]]) => !known.has(hash)));
    const label = this.problem ? "이어서 내려받기" : "전체 내려받기";
    this.start.textContent = edition ? `${label} (${megabytes(size)})` : label;
    const whole = edition?.holds(ALL) ?? false;
    if (whole) this.problem = "";
    const older = before.some((other) => other.holds(ALL));
    const text = edition?.holds(TEXT) ?? false;
    const kept = whole ? "all" : older ? "before" : text ? "text" : "part";
    const problem = this.problem && `${this.problem}. `;
    this.status.textContent = problem + KEPT[kept];
    this.show(...(whole ? [] : [this.start]));
  }

  /** 누른 단추가 사라져도 초점은 이 칸에 남음. */
  private show(...nodes: Element[]): void {
    const focused = this.place.contains(document.activeElement);
    this.place.replaceChildren(...nodes, this.status);
    if (focused) this.place.querySelector("button")?.focus();
  }
}

/** 글을 받아 두고, 나머지를 받는 단추를 놓음. 아끼는 연결에서는 목록만 받음. */
export async function initOffline(
  place: Element,
  saveData: boolean,
): Promise<void> {
  const { serviceWorker, locks } = navigator;
  // 안전하지 않은 주소에는 캐시도 서비스 워커도 없음
  if (!serviceWorker || !locks || !("caches" in window)) return;
  const { active } = await serviceWorker.ready;
  const panel = new Panel(place, active);
  await panel.receive((edition) => (saveData ? [] : batches(edition, false)));
}
