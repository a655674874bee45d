// 한국어를 찾는 법: 두 글자씩 끊고, 띄어쓰기를 보지 않고, 초성을 알아봄.

const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const FIRST = "가".charCodeAt(0);
const LAST = "힣".charCodeAt(0);
/** 초성 하나에 딸린 글자의 수: 가운뎃소리 21 × 끝소리 28. */
const PER_INITIAL = 21 * 28;

/** 같은 뜻으로 보는 말. 어느 것으로 찾아도 모두 나옴. */
const SYNONYMS: readonly (readonly string[])[] = [
  ["dict", "딕셔너리", "딕트", "사전"],
  ["set", "셋", "집합"],
  ["list", "리스트"],
  ["tuple", "튜플"],
  ["array", "배열"],
  ["hash", "해시"],
  ["cache", "캐시"],
  ["iterator", "이터레이터", "반복자"],
  ["generator", "제너레이터", "생성기"],
  ["thread", "스레드", "쓰레드"],
  ["process", "프로세스"],
  ["concurrency", "동시성"],
  ["parallel", "병렬"],
  ["cluster", "클러스터"],
  ["memory", "메모리"],
  ["profile", "프로파일", "프로파일링", "profiling"],
  ["compile", "컴파일"],
  ["vector", "벡터"],
  ["matrix", "행렬"],
  ["numpy", "넘파이"],
  ["python", "파이썬"],
  ["rust", "러스트"],
  ["wasm", "webassembly", "웹어셈블리"],
  ["benchmark", "벤치마크"],
  ["pipeline", "파이프라인"],
  ["branch", "분기"],
  ["probe", "probing", "탐사"],
  ["latency", "지연"],
  ["bandwidth", "대역폭"],
  ["bloom", "블룸"],
  ["regex", "정규식", "정규표현식"],
];

/** 글자의 수를 바꾸지 않는 정리: 찾은 자리를 원문에서 되짚을 수 있음. */
export function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** 띄어쓰기와 문장 부호를 뺀 글. 구절이 들어 있는지 볼 때 씀. */
export function squeeze(text: string): string {
  return fold(text).replace(/[^\p{L}\p{N}_]+/gu, "");
}

/** 한글을 초성으로 바꿈. 다른 글자는 그대로라 자리가 어긋나지 않음. */
export function initials(text: string): string {
  return text.replace(/[가-힣]/g, (syllable) => {
    const index = Math.floor((syllable.charCodeAt(0) - FIRST) / PER_INITIAL);
    return INITIALS.charAt(index);
  });
}

/** 닿소리만으로 물었는가. */
export const asksInitials = (query: string): boolean =>
  /^[ㄱ-ㅎ\s]+$/.test(query) && /[ㄱ-ㅎ]/.test(query);

const isHangul = (text: string): boolean => {
  const code = text.charCodeAt(0);
  return code >= FIRST && code <= LAST;
};

/**
 * 색인에 넣을 조각. 한글은 띄어쓰기를 건너 두 글자씩, 나머지는 낱말과 그
 * 낱말을 밑줄에서 나눈 것.
 */
export function tokens(text: string): string[] {
  const found: string[] = [];
  const runs = fold(text).match(/[가-힣]+(?: +[가-힣]+)*|[\p{L}\p{N}_]+/gu);
  for (const run of runs ?? []) {
    if (isHangul(run)) {
      const solid = run.replaceAll(" ", "");
      if (solid.length === 1) found.push(solid);
      for (let at = 0; at + 1 < solid.length; at += 1) {
        found.push(solid.slice(at, at + 2));
      }
    } else {
      found.push(run);
      const parts = run.split("_").filter((part) => part !== "");
      if (parts.length > 1) found.push(...parts);
    }
  }
  return found;
}

/** 물음을 낱말로. `joined`면 이웃한 한글 낱말을 하나로 봄. */
export function terms(query: string, joined: boolean): string[] {
  const folded = fold(query).trim();
  const solid = joined
    ? folded.replace(/([가-힣])\s+(?=[가-힣])/g, "$1")
    : folded;
  return solid.split(/\s+/).map(squeeze).filter((term) => term !== "");
}

/** 낱말과 같은 뜻의 말들. 첫째는 늘 물은 그대로임. */
export function alternatives(term: string): string[] {
  const group = SYNONYMS.find((words) => words.includes(term)) ?? [];
  return [term, ...group.filter((word) => word !== term)];
}
