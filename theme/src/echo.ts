// 다른 작업자에게 보냈다가 돌려받는 시간을 잼.

import { faultOf } from "./protocol";

export type Way = "clone" | "transfer" | "shared" | "json";

export interface Echo {
  way: Way;
  bytes: number;
  rounds: number;
  nested: boolean;
}

/** 메아리 작업자에게 보내는 것. 공유할 때는 처음 한 번만 보냄. */
export type Parcel =
  | { way: "clone" | "transfer" | "json"; load: unknown }
  | { way: "shared"; flag: Int32Array; rounds: number };

const SAMPLES = 11;
const OPEN = "격리되지 않은 페이지라 SharedArrayBuffer가 없음: 서버가 COOP·COEP \
머리글을 보내야 함";

/** 표본마다 한 번 오간 시간, ns. 할 수 없으면 까닭을 던짐. */
export async function echo(request: string): Promise<Float64Array> {
  const wanted = JSON.parse(request) as Echo;
  if (wanted.way === "shared" && !self.crossOriginIsolated) {
    throw new Error(OPEN);
  }
  const url = new URL("./echo-worker.js", import.meta.url);
  const worker = new Worker(url, { type: "module", name: "echo" });
  try {
    const peer = new Peer(worker);
    await peer.next();
    const round =
      wanted.way === "shared"
        ? await shared(peer, wanted)
        : posted(peer, wanted);
    await round();
    const samples = new Float64Array(SAMPLES);
    for (let i = 0; i < SAMPLES; i += 1) {
      const start = performance.now();
      for (let each = 0; each < wanted.rounds; each += 1) await round();
      const elapsed = performance.now() - start;
      samples[i] = (elapsed * 1e6) / wanted.rounds;
    }
    return samples;
  } finally {
    worker.terminate();
  }
}

/** 차례로 오는 답을 하나씩 기다림. */
class Peer {
  private resolve: ((data: unknown) => void) | null = null;
  private reject: ((error: Error) => void) | null = null;

  constructor(readonly worker: Worker) {
    worker.onmessage = ({ data }) => this.resolve?.(data);
    worker.onerror = (event) =>
      this.reject?.(new Error(`메아리 작업자가 멈춤: ${faultOf(event)}`));
  }

  next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

function posted(peer: Peer, { way, bytes, nested }: Echo): () => Promise<void> {
  let load: unknown = nested ? objects(bytes) : pattern(bytes);
  const size = (what: unknown): number =>
    what instanceof Uint8Array ? what.length : (what as unknown[]).length;
  const expected = size(load);
  return async () => {
    const answer = peer.next();
    const sent = way === "json" ? written(load) : load;
    const parcel = { way, load: sent } as Parcel;
    const moved =
      way === "transfer" && load instanceof Uint8Array ? [load.buffer] : [];
    peer.worker.postMessage(parcel, moved);
    const back = await answer;
    load = way === "json" ? read(back as string, nested) : back;
    if (size(load) !== expected) throw new Error("돌아온 것의 크기가 다름");
  };
}

/** 받는 쪽은 깨우기를 기다리고, 우리도 답을 기다리며 멈춤.
 *
 * 멈추기 전에 받았다는 답을 기다림: 크로미엄은 작업자의 스크립트가 끝난 것을
 * 우리 스레드가 알기 전에 보낸 것을 쌓아 두므로, 바로 멈추면 가지 않음. */
async function shared(
  peer: Peer,
  { bytes, rounds }: Echo,
): Promise<() => Promise<void>> {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const place = new Uint8Array(new SharedArrayBuffer(bytes));
  const own = pattern(bytes);
  const all = 1 + SAMPLES * rounds;
  const listening = peer.next();
  peer.worker.postMessage({ way: "shared", flag, rounds: all } as Parcel);
  await listening;
  return async () => {
    place.set(own);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    if (Atomics.wait(flag, 0, 1, 5000) === "timed-out") {
      throw new Error("공유 메모리의 답이 5초 안에 오지 않음");
    }
  };
}

/** JSON에는 바이트 열이 없어 수의 목록이 됨. */
const written = (load: unknown): string =>
  JSON.stringify(load instanceof Uint8Array ? Array.from(load) : load);

const read = (text: string, nested: boolean): unknown => {
  const value = JSON.parse(text) as unknown[];
  return nested ? value : Uint8Array.from(value as number[]);
};

const pattern = (bytes: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: bytes }, (_, i) => i % 251);

/** 글로 적으면 하나가 32바이트쯤 되는 작은 객체들. */
const objects = (bytes: number): unknown[] =>
  Array.from({ length: Math.max(1, Math.round(bytes / 32)) }, (_, i) => ({
    id: i % 1000,
    name: `n${i % 10}`,
    x: i / 4,
  }));
