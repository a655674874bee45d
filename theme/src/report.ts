// src/lab/report.rs에서 만듦. 고치지 말고 `cargo book prepare`.
export type Report = { schema: number, name: string, 
/**
 * 실제로 쓴 매개변수. 기본값도 빠짐없이 들어감.
 */
params: Record<string, number | string | boolean>, 
/**
 * 모든 실행 환경에서 같아야 하는 값.
 */
answers: { [key in string]: Answer }, 
/**
 * `checksum_vec`의 FNV-1a 64, 16진 16자리.
 */
checksum: string | null, 
/**
 * 예측 문항의 정답. 예측이 없는 실험은 `None`.
 */
verdict: Verdict | null, views: Array<View>, env: Env, 
/**
 * 이 실행에서 하지 않았거나 줄인 일과 그 까닭.
 */
notes: Array<string>, };
export type Answer = string | { value: number, tolerance: number, };
export type Verdict = { 
/**
 * 크게 보이는 값: `4.0배`.
 */
headline: string, 
/**
 * 무엇을 무엇과 견준 값인지 말하는 한 문장.
 */
sentence: string, 
/**
 * 선택지 예측에서 정답에 가장 가까운 선택지의 값.
 */
choice: string | null, 
/**
 * 수 예측에서 정답.
 */
number: number | null, 
/**
 * 순위 예측에서 바른 차례: 항목의 값.
 */
order: Array<string> | null, };
export type View = { "kind": "table" } & Table | { "kind": "chart" } & Chart | { "kind": "trace" } & Trace | { "kind": "timeline" } & Timeline | { "kind": "tree" } & Tree | { "kind": "image" } & Image | { "kind": "machine" } & Machine | { "kind": "text" } & Text | { "kind": "note" } & Note;
export type Badge = "exact" | "model" | "measured";
export type Table = { title: string, badge: Badge, columns: Array<Column>, rows: Array<Array<Cell>>, };
export type Column = { label: string, unit: string | null, 
/**
 * 수의 열은 오른쪽에 맞춤.
 */
numeric: boolean, };
export type Cell = { text: string, value: number | null, };
export type Chart = { title: string, badge: Badge, x: Axis, y: Axis, series: Array<Series>, 
/**
 * 기준선: 이론값, 기계의 한계.
 */
marks: Array<Mark>, };
export type Axis = { label: string, unit: string, scale: Scale, categories: Array<string> | null, };
export type Scale = "linear" | "log" | "category";
export type Series = { name: string, shape: Shape, points: Array<Point>, };
export type Shape = "line" | "step" | "bar" | "stack" | "dot";
export type Point = { x: number, y: number, 
/**
 * 띠의 방향은 값이 놓인 축을 따름.
 */
low: number | null, high: number | null, };
export type Mark = { axis: AxisName, at: number, label: string, };
export type AxisName = "x" | "y";
export type Trace = { title: string, badge: Badge, frames: Array<Frame>, };
export type Frame = { 
/**
 * 원본의 `// step: 이름` 줄과 짝이 되는 이름.
 */
step: string, 
/**
 * 지금 무슨 일이 일어났는지 한 문장.
 */
say: string, 
/**
 * 이름과 값: `("perturb", "0000 0001 0100")`.
 */
counters: Array<[string, string]>, lanes: Array<Lane>, 
/**
 * 첫 줄 위로 그리는 뜀: 출발 칸과 도착 칸. 마지막이 지금의 뜀임.
 */
jumps: Array<[number, number]>, };
export type Lane = { label: string, 
/**
 * 칸의 수. 64를 넘으면 칸 대신 축 위의 점으로 그림.
 */
size: number, cells: Array<LaneCell>, 
/**
 * 줄을 몇 칸마다 나누는가: 캐시 라인 하나의 칸 수. 0이면 나누지 않음.
 */
group: number, };
export type LaneCell = { at: number, text: string, tone: Tone, };
export type Tone = "plain" | "seen" | "now" | "hit" | "dead";
export type Timeline = { title: string, badge: Badge, 
/**
 * 가로축의 이름과 단위: `시각`, `사이클`.
 */
axis: string, unit: string, lanes: Array<TimeLane>, };
export type TimeLane = { label: string, 
/**
 * 시작이 이른 것부터.
 */
spans: Array<Span>, };
export type Span = { start: number, end: number, label: string, tone: Tone, };
export type Tree = { title: string, badge: Badge, 
/**
 * 값의 단위. [`TreeShape::Outline`]은 단위가 있을 때만 값을 보임.
 */
unit: string, shape: TreeShape, roots: Array<TreeNode>, };
export type TreeShape = "flame" | "outline";
export type TreeNode = { label: string, 
/**
 * 자식까지 더한 값. 자체 값은 자식의 합을 뺀 나머지임.
 */
value: number, tone: Tone, children: Array<TreeNode>, };
export type Image = { title: string, badge: Badge, 
/**
 * 칸의 수.
 */
width: number, height: number, palette: Palette, 
/**
 * 색 번호 0과 255가 뜻하는 값과 그 단위.
 */
low: number, high: number, unit: string, frames: Array<Raster>, 
/**
 * 그림을 볼 수 없는 독자에게 하는 말.
 */
alt: string, explore: Explore | null, };
export type Palette = "heat" | "escape";
export type Raster = { label: string, 
/**
 * 칸마다 색 번호 하나, 위의 행부터, base64.
 */
pixels: string, };
export type Explore = { x: string, y: string, half: string, };
export type Machine = { title: string, env: Env, 
/**
 * 빠르고 작은 것부터.
 */
levels: Array<Level>, };
export type Level = { 
/**
 * `L1`, `메모리`.
 */
name: string, 
/**
 * 작업 집합이 이 크기일 때까지, KiB. 마지막 단에는 끝이 없음.
 */
kib: number | null, 
/**
 * 의존하는 읽기 하나에 걸린 시간의 중앙값, ns.
 */
ns: number, };
export type Text = { title: string, badge: Badge, lines: Array<string>, };
export type Note = { text: string, };
export type Env = { 
/**
 * `native` 또는 `wasm`.
 */
runtime: string, 
/**
 * 이 프로그램의 판과 커밋.
 */
version: string, cpu: string, threads: number, simd: string, 
/**
 * 시계의 가장 작은 눈금, ns.
 */
clock_step_ns: number, 
/**
 * `release`, `debug`, `wasm`.
 */
build: string, };
