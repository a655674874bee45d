// 받은 것을 그대로 돌려주는 작업자.

import type { Parcel } from "./echo";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<Parcel>) => {
  if (data.way === "shared") return answer(data.flag, data.rounds);
  if (data.way === "json") {
    // 글을 받은 쪽은 값으로 세웠다가 다시 글로 적어야 돌려줄 수 있음
    const value: unknown = JSON.parse(data.load as string);
    self.postMessage(JSON.stringify(value));
  } else {
    const { way, load } = data;
    const moved =
      way === "transfer" && load instanceof Uint8Array ? [load.buffer] : [];
    self.postMessage(load, moved);
  }
};

function answer(flag: Int32Array, rounds: number): void {
  self.postMessage("listening");
  for (let round = 0; round < rounds; round += 1) {
    Atomics.wait(flag, 0, 0);
    Atomics.store(flag, 0, 0);
    Atomics.notify(flag, 0);
  }
}

self.postMessage("alive");
