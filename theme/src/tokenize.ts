// 한국어를 찾는 법: 두 글자씩 끊고, 띄어쓰기를 보지 않고, 조사를 떼고,
// 초성을 알아봄.

/** 같은 뜻으로 보는 말을 한 줄씩. 어느 것으로 찾아도 모두 나옴. */
const SYNONYMS = `
dict, dictionary, 딕셔너리, 딕트, 사전
insertion order, 삽입 순서, 순서 보장, 들어온 순서
hash table, 해시 테이블, 해시 표, hashmap, 해시맵
set, 셋, 집합, hashset
list, 리스트
tuple, 튜플
array, 배열
matrix, 행렬
vector, 벡터
string, 문자열, str
string concatenation, 문자열 연결, 문자열 합치기, 문자열 더하기, string_build
낱말, 단어
word count, 단어 세기, 낱말 세기, dataflow_count
timer, 타이머, 시계
class, 클래스
object, 객체
function, 함수
loop, 반복문, 루프
sort, 정렬, sorting
complexity, 복잡도, 증가율, 빅오, big-o
search, 찾기, 탐색, 검색
binary search, 이진 탐색, 이분 탐색, bisect
numpy, 넘파이
pandas, 판다스, 데이터프레임, dataframe
axis, 축
python, 파이썬
rust, 러스트
wasm, webassembly, 웹어셈블리
benchmark, 벤치마크
measure, 측정
compile, 컴파일
compiler, 컴파일러
interpreter, 인터프리터, 해석기
bytecode, 바이트코드
machine code, 기계어
overhead, 부가비용, 오버헤드
compute unit, 연산 장치
memory unit, 메모리 장치
interconnect, bus, 연결 장치, 버스
ipc, 사이클당 명령 수
cycle, 사이클, 클럭, clock
memory, 메모리
mmap, 메모리 맵, memory map
cache, 캐시, 캐싱, caching
cache line, 캐시 라인
cache miss, 캐시 미스
working set, 작업 집합
locality, 지역성
bandwidth, 대역폭
latency, 지연 시간, 지연
throughput, 처리량
vectorization, 벡터화, simd
divergence, 발산
virtual machine, 가상 머신, vm
dispatch, 디스패치
boxing, 상자에 담기, 박싱
reference count, 참조 횟수, 참조 카운트, refcount
set associative, 집합 연관
prefetch, 미리 읽기, 프리페치
page, 페이지
tlb, translation lookaside buffer
branch prediction, 분기 예측
branch, 분기
out of order execution, 비순차 실행, ooo
reorder buffer, 재정렬 버퍼, rob
smt, 동시 다중 스레딩, 하이퍼스레딩, hyper-threading
pipeline, 파이프라인
amdahl's law, amdahl, 암달의 법칙, 암달
profile, 프로파일, 프로파일링, profiling
bottleneck, 병목, 프로파일링
profiler, 프로파일러
wall time, 벽시계 시간
cpu time, cpu 시간
deterministic profiler, 결정적 프로파일러
sampling profiler, 표본 프로파일러, 샘플링 프로파일러
aliasing, 앨리어싱
self time, 자체 시간
flame graph, 플레임 그래프
over-allocation, 초과 할당
amortized cost, amortized, 상각 비용, 상각
free list, 자유 목록, 프리 리스트
stable sort, 안정 정렬
resize, 이사, 리사이즈
hash, 해시
slot, 슬롯
probe, probing, 탐사
collision, 충돌
open addressing, 열린 주소법, 개방 주소법
load factor, 적재율
tombstone, dummy, 묘비
compact dict, 압축 사전
hash flooding, 해시 범람 공격
iterator, 이터레이터, 반복자
generator, 제너레이터, 제네레이터, 생성기
lazy evaluation, 지연 평가, 게으른 평가
single pass, 단일 통과
cancellation, 소거 오차
resume, 재개
memoization, 메모이제이션
hit ratio, 적중률
stride, 걸음, 스트라이드
view, 뷰
temporary array, 임시 배열
broadcasting, broadcast, 브로드캐스팅, 브로드캐스트
blocking, tiling, 블록 나누기, 블록
pairwise summation, 쌍합
arithmetic intensity, 연산 강도
ufunc, 유니버설 함수
roofline, 루프라인
compensated summation, kahan, 카한, 보정합
stencil, 스텐실
diffusion, 확산
time blocking, 시간 블록
aot, 사전 컴파일
jit, just-in-time, jit 컴파일
specialization, 특수화
break-even, 손익분기
deoptimization, 역최적화
ffi, 외부 함수 호출
concurrency, 동시성
async, 비동기, asyncio, 코루틴
crawl, crawler, 크롤링, 크롤러
parallelism, parallel, 병렬성, 병렬
gil, 전역 인터프리터 락
free-threaded, free threading, 자유 스레드, nogil, gil 없이
subinterpreter, 하위 인터프리터, 서브인터프리터
thread, 스레드
multithreading, multithread, 멀티스레딩, 멀티스레드, 다중 스레딩, 스레드
thread pool, 스레드 풀
process, 프로세스
multiprocessing, 다중 처리, 멀티프로세싱, 멀티프로세스
coroutine, 코루틴
context switch, 문맥 전환, 컨텍스트 스위칭, 컨텍스트 스위치
event loop, 이벤트 루프
backpressure, 배압
little's law, 리틀의 법칙
tail latency, 꼬리 지연, 느린 꼬리
timeout, 타임아웃, 시간 제한
ipc, 프로세스 간 통신
cross-origin isolation, 교차 출처 격리
shared memory, 공유 메모리, shared_memory, sharedmemory
serialization, 직렬화, pickle, 피클
structured clone, 구조적 복제
transferable, 이전 가능 객체
work stealing, 작업 훔치기, 훔치기
worker, 일꾼, 워커
queue, 큐, 대기열
heapq, 우선순위 큐, priority queue
lock, 락, 잠금
mutex, 뮤텍스
deadlock, 교착, 데드락
makespan, 총 완료 시간
false sharing, 거짓 공유
race condition, 경쟁 상태, 경쟁 조건, 레이스 컨디션
cluster, 클러스터, 분산 처리, 분산 컴퓨팅
mapreduce, 맵리듀스
dataflow, 데이터플로, 데이터 흐름
partition, 분할, 파티션
skew, 쏠림
shuffle, 셔플
redelivery, 재전송, 재시도, retry
idempotence, idempotent, 멱등성, 멱등
checkpoint, 체크포인트
bloom filter, 블룸 필터, bloom
false positive, 거짓 양성, 위양성
hyperloglog, 하이퍼로그로그, hll
sketch, 스케치
trie, 트라이
distinct, 서로 다른 값, 고유값, 유니크
sparse matrix, 희소 행렬
external sort, 외부 정렬, 외부 병합 정렬
baseline, 기준선
postmortem, 사후 보고서
garbage collection, gc, 쓰레기 수집, 가비지 컬렉션
garbage collector, gc, 쓰레기 수집기, 가비지 컬렉터, 쓰레기 수집
regex, 정규식, 정규표현식
backtracking, 되돌아가기, 백트래킹, redos
stack exchange, 스택 익스체인지, stack overflow, 스택 오버플로
tail call, 꼬리 호출
checksum, 체크섬
monte carlo, 몬테카를로
random, 난수
n-queens, nqueens, 여왕, n-여왕
seed, 씨앗, 시드
median, 중앙값
mad, 중앙값 절대 편차
percentile, 백분위
warm-up, warmup, 예열, 워밍업
dead-code elimination, 죽은 코드 제거
load, loading, 불러오기, 로딩
windows, 윈도우
느림, 느린, 느려
빠름, 빠른, 빨라
이유, 까닭
끄기, 끄면, 끔
`;

const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
/** 두벌식 자판은 이어 친 두 닿소리를 하나로 합침: 'ㄱㅅ'은 'ㄳ'이 됨. */
const CLUSTERS = new Map(
  ("ㄳㄱㅅ ㄵㄴㅈ ㄶㄴㅎ ㄺㄹㄱ ㄻㄹㅁ ㄼㄹㅂ " +
    "ㄽㄹㅅ ㄾㄹㅌ ㄿㄹㅍ ㅀㄹㅎ ㅄㅂㅅ")
    .split(" ")
    .map((row) => [row.charAt(0), row.slice(1)] as const),
);
const FIRST = "가".charCodeAt(0);
/** 초성 하나에 딸린 글자의 수: 가운뎃소리 21 × 끝소리 28. */
const PER_INITIAL = 21 * 28;

/** 떼고 남는 말이 너무 짧으면 조사나 어미로 보지 않음: '결과', '차이'. */
const PARTICLE = new RegExp(
  "(?<=[가-힣]{2}|[a-z0-9_])(?:[은는이가을를의와과에도만로나란]|" +
    "에서|에게|으로|까지|부터|보다|처럼|마다|하고|이란|이나|" +
    "(?:이?라|에서?|으?로|와|과)(?:는|도|의)|하(?:기|는|면|다)|기|요)$",
);

/** '3.14'의 점은 수의 것임: '3·1.4'와 다름. */
const NOISE = /(?:(?!(?<=\d)\.\d)[^\p{L}\p{N}_])+/gu;

/** 적는 법만 다른 글을 같게. 맥에서 온 글은 소리마다 나뉘어 있기도 함. */
export function fold(text: string): string {
  const same = text.normalize("NFC").toLowerCase();
  return same
    .replace(/쓰레(?=[드딩])/g, "스레")
    .replace(/[ㄳ-ㅄ]/g, (jamo) => CLUSTERS.get(jamo) ?? jamo);
}

/** 띄어쓰기와 문장 부호를 뺀 글. 구절이 들어 있는지 볼 때 씀. */
export function squeeze(text: string): string {
  return fold(text).replace(NOISE, "");
}

/** 띄어쓰기와 문장 부호에서 나눈 글. */
export const words = (text: string): string[] => fold(text).split(NOISE);

const GROUPS = new Map<string, string[]>();
for (const line of SYNONYMS.trim().split("\n")) {
  const words = line.split(", ");
  for (const word of words.map(squeeze)) {
    GROUPS.set(word, [...(GROUPS.get(word) ?? []), ...words]);
  }
}

export const isHangul = (text: string): boolean => /^[가-힣]/.test(text);

/**
 * 글을 색인의 조각으로. 한글은 띄어쓰기를 건너 두 글자씩, 나머지는 낱말과
 * 그 낱말을 밑줄에서 나눈 것.
 */
export function tokens(text: string): string[] {
  return pieces(fold(text)).flatMap((piece) => {
    // 끝 글자도 남겨, 모든 글자가 조각의 머리가 되게 함
    if (isHangul(piece)) return pairs(piece).concat(piece.slice(-1));
    const parts = piece.split("_").filter((part) => part !== "");
    return parts.length > 1 ? [piece, ...parts] : piece;
  });
}

/** 물음을 색인에서 모두 찾을 조각으로. */
export function needles(query: string): string[] {
  return pieces(query).flatMap((piece) =>
    isHangul(piece) && piece.length > 1 ? pairs(piece) : piece,
  );
}

/** 점이 든 수나, 한글 아닌 글자가 이어진 것. */
const OTHER = String.raw`\d+(?:\.\d+)+|(?:(?![가-힣])[\p{L}\p{N}_])+`;
/** 그것이나, 띄어쓰기까지 이은 한글. */
const RUN = new RegExp(`[가-힣]+(?: +[가-힣]+)*|${OTHER}`, "gu");
/** 그것이나, 띄어쓰기에서 나눈 한글. */
const PIECE = new RegExp(`[가-힣]+|${OTHER}`, "gu");

const pieces = (text: string): string[] =>
  (text.match(RUN) ?? []).map((run) => run.replaceAll(" ", ""));

const pairs = (solid: string): string[] =>
  Array.from({ length: solid.length - 1 }, (_, at) => solid.slice(at, at + 2));

/** 물음에서 볼 글자와 낱말의 수. */
const LONGEST = 80;
const MOST = 16;

/** 긴 글을 붙여 넣어도 화면이 멎지 않게, 물음의 앞부분만 봄. */
export function beginning(query: string): string {
  const start = query.slice(0, LONGEST);
  const over = [...start.matchAll(PIECE)][MOST];
  return start.slice(0, over?.index).trim();
}

/** 어느 절에나 있어, 다른 낱말이 있으면 찾지 않는 말. */
const LIGHT = /^[왜안못더잘]$/;

/** 물음을 낱말로. 여러 낱말로 된 같은 뜻의 말은 나누지 않음. */
export function terms(query: string): string[] {
  const all = query.split(/\s+/).filter((word) => squeeze(word) !== "");
  const heavy = all.filter((word) => !LIGHT.test(word));
  const words = heavy.length > 0 ? heavy : all;
  const found: string[] = [];
  for (let at = 0; at < words.length; ) {
    let end = words.length;
    const phrase = () => words.slice(at, end).join(" ");
    while (end > at + 1 && !synonyms(phrase()).length) end -= 1;
    found.push(phrase());
    at = end;
  }
  return found;
}

/** 낱말을 대신할 말: 물은 그대로, 조사나 어미를 뗀 것, 같은 뜻의 말. */
export function alternatives(term: string): string[] {
  const bare = stem(term);
  const [open, final] = ending(term);
  const verb = final === "ㅁ" && term.length > 1 ? open : term;
  const words = [term, bare, verb, ...compound(bare), ...synonyms(term)];
  return [...new Set(words)];
}

/** 붙여 쓴 두 낱말: 어느 한쪽의 뜻을 알면 나누어도 봄. */
function compound(word: string): string[] {
  const cuts = Array.from(word, (_, at) => [word.slice(0, at), word.slice(at)]);
  return cuts
    .filter(([a = "", b = ""]) => a.length > 1 && /^[가-힣]{2}/.test(b))
    .filter((both) => both.some((part) => GROUPS.has(part)))
    .map((both) => both.join(" "));
}

const stem = (term: string): string => term.replace(PARTICLE, "");

function synonyms(term: string): string[] {
  return GROUPS.get(squeeze(term)) ?? GROUPS.get(squeeze(stem(term))) ?? [];
}

/** 초성이 섞인 물음인가: 'ㅋㅅ', 글자를 넣는 중인 '캐ㅅ'. */
export const asksInitials = (query: string): boolean => /[ㄱ-ㅎ]/.test(query);

/** 끝 글자의 받침을 뗀 말과 그 받침. */
function ending(word: string): [open: string, final: string] {
  const last = word.slice(-1);
  if (!isHangul(last)) return [word, ""];
  const final = (last.charCodeAt(0) - FIRST) % FINALS.length;
  const open = String.fromCharCode(last.charCodeAt(0) - final);
  return [word.slice(0, -1) + open, FINALS.charAt(final).trim()];
}

/**
 * 넣는 중인 받침은 다음 글자의 초성임: '캐심'은 '캐시ㅁ'. 겹받침은 뒤의 것만
 * 그러함: '핛'은 '학ㅅ'.
 */
export function unfinished(query: string): string {
  const [open, final] = ending(query);
  const [stays = "", next = ""] = CLUSTERS.get(final) ?? ["", final];
  // 받침이 없는 글자에 받침의 차례를 더하면 그 받침이 있는 글자임
  const last = open.charCodeAt(open.length - 1) + FINALS.indexOf(stays);
  return next && open.slice(0, -1) + String.fromCharCode(last) + next;
}

/** 초성이 물음과 꼭 맞는, 뜻을 아는 말. */
export function known(query: string): string[] {
  const whole = new RegExp(`^${spaced(query)}$`);
  return [...GROUPS.keys()].filter((word) => whole.test(word));
}

/**
 * 글자 사이의 띄어쓰기와 부호를 눈감는 식. 초성은 그 초성의 모든 글자이고,
 * 초성과 로마자는 낱말의 앞에서만 찾음.
 */
export function spaced(word: string): string {
  const solid = squeeze(word);
  const start = isHangul(solid) ? "" : "(?<![a-z가-힣])";
  return start + [...solid].map(letter).join("[^\\w가-힣]*");
}

function letter(c: string): string {
  const index = INITIALS.indexOf(c);
  if (index < 0) return c === "." ? "\\." : c;
  const first = FIRST + index * PER_INITIAL;
  const last = first + PER_INITIAL - 1;
  return `[${String.fromCharCode(first)}-${String.fromCharCode(last)}]`;
}

/** 로마자에서 가장 흔한 오타: 이웃한 두 글자가 바뀐 것. */
export const swaps = (word: string): string[] =>
  pairs(word).map(
    ([a, b], at) => word.slice(0, at) + b + a + word.slice(at + 2),
  );
