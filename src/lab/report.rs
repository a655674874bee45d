//! 보고서: 실험 하나가 남기는 데이터. 터미널·JSON·페이지는 모두 이것만 그림.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::params::Values;

/// 보고서 형식의 판. 필드의 뜻이 바뀌면 올림.
pub const SCHEMA: u32 = 1;

/// 실험 한 번의 결과 전체.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Report {
    pub schema: u32,
    pub name: String,
    /// 실제로 쓴 매개변수. 기본값도 빠짐없이 들어감.
    #[cfg_attr(
        feature = "ts",
        ts(type = "Record<string, number | string | boolean>")
    )]
    pub params: Values,
    /// 모든 실행 환경에서 같아야 하는 값.
    pub answers: BTreeMap<String, Answer>,
    /// `checksum_vec`의 FNV-1a 64, 16진 16자리.
    pub checksum: Option<String>,
    /// 예측 문항의 정답. 예측이 없는 실험은 `None`.
    pub verdict: Option<Verdict>,
    pub views: Vec<View>,
    pub env: Env,
    /// 이 실행에서 하지 않았거나 줄인 일과 그 까닭.
    pub notes: Vec<String>,
}

/// 실행 환경이 달라도 같아야 하는 값 하나.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum Answer {
    /// 글자 그대로 같아야 함. 정수는 십진 문자열로 둠:
    /// JavaScript의 수는 2^53까지만 정확함.
    Exact(String),
    /// `tolerance`(절대값) 안에서 같아야 함.
    Near { value: f64, tolerance: f64 },
}

impl Answer {
    /// 두 실행 환경의 값이 같은 답인가.
    pub fn agrees(&self, other: &Answer) -> bool {
        match (self, other) {
            (Answer::Exact(a), Answer::Exact(b)) => a == b,
            (
                Answer::Near { value, tolerance },
                Answer::Near { value: other, .. },
            ) => (value - other).abs() <= *tolerance,
            _ => false,
        }
    }
}

impl From<u64> for Answer {
    fn from(n: u64) -> Self {
        Answer::Exact(n.to_string())
    }
}

impl From<&str> for Answer {
    fn from(text: &str) -> Self {
        Answer::Exact(text.to_owned())
    }
}

/// 예측 문항의 정답. 실행한 매개변수의 보고서에서 계산함.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Verdict {
    /// 크게 보이는 값: `4.0배`.
    pub headline: String,
    /// 무엇을 무엇과 견준 값인지 말하는 한 문장.
    pub sentence: String,
    /// 선택지 예측에서 정답에 가장 가까운 선택지의 값.
    pub choice: Option<String>,
    /// 수 예측에서 정답.
    pub number: Option<f64>,
    /// 순위 예측에서 바른 차례: 항목의 값.
    pub order: Option<Vec<String>>,
}

/// 결과를 보는 한 가지 방법. 순서대로 그려짐.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum View {
    Table(Table),
    Chart(Chart),
    Trace(Trace),
    Timeline(Timeline),
    Tree(Tree),
    Image(Image),
    Machine(Machine),
    Text(Text),
    Note(Note),
}

/// 보이는 것이 무엇인지.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Badge {
    /// 실제와 비트까지 같고 시험이 그것을 증명함.
    Exact,
    /// 단순화한 모형. 축에 초를 쓰지 않음.
    Model,
    /// 실제로 잰 시간이나 메모리.
    Measured,
}

impl Badge {
    /// 화면에 보이는 이름.
    pub fn label(self) -> &'static str {
        match self {
            Badge::Exact => "정확",
            Badge::Model => "모형",
            Badge::Measured => "측정",
        }
    }
}

/// 표.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Table {
    pub title: String,
    pub badge: Badge,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

/// 표의 열. 단위는 머리글에 한 번만 씀.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Column {
    pub label: String,
    pub unit: Option<String>,
    /// 수의 열은 오른쪽에 맞춤.
    pub numeric: bool,
}

impl Column {
    /// 글자의 열.
    pub fn text(label: &str) -> Self {
        Column { label: label.into(), unit: None, numeric: false }
    }

    /// 단위가 있는 수의 열. 단위가 없는 수는 빈 문자열을 줌.
    pub fn number(label: &str, unit: &str) -> Self {
        let unit = (!unit.is_empty()).then(|| unit.into());
        Column { label: label.into(), unit, numeric: true }
    }
}

/// 표의 칸: 보이는 글자와, 수라면 그 값.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Cell {
    pub text: String,
    pub value: Option<f64>,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell { text: text.into(), value: None }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell { text, value: None }
    }
}

impl From<u64> for Cell {
    fn from(n: u64) -> Self {
        Cell { text: super::format::int(n), value: Some(n as f64) }
    }
}

impl Cell {
    /// 소수점 아래 `digits`자리의 수.
    pub fn fixed(value: f64, digits: usize) -> Self {
        Cell { text: super::format::fixed(value, digits), value: Some(value) }
    }
}

/// 그래프.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Chart {
    pub title: String,
    pub badge: Badge,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    /// 기준선: 이론값, 기계의 한계.
    pub marks: Vec<Mark>,
}

/// 축. 범주 축이면 점의 좌표는 `categories`의 번호임.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Axis {
    pub label: String,
    pub unit: String,
    pub scale: Scale,
    pub categories: Option<Vec<String>>,
}

impl Axis {
    pub fn linear(label: &str, unit: &str) -> Self {
        Axis {
            label: label.into(),
            unit: unit.into(),
            scale: Scale::Linear,
            categories: None,
        }
    }

    pub fn log(label: &str, unit: &str) -> Self {
        Axis { scale: Scale::Log, ..Axis::linear(label, unit) }
    }

    pub fn category<S: Into<String>>(
        label: &str,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        Axis {
            scale: Scale::Category,
            categories: Some(names),
            ..Axis::linear(label, "")
        }
    }
}

/// 축의 눈금.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    Linear,
    Log,
    Category,
}

/// 같은 뜻을 가진 점의 묶음.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Series {
    pub name: String,
    pub shape: Shape,
    pub points: Vec<Point>,
}

/// 묶음을 그리는 방법. 로그 축에는 막대를 쓰지 않음.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Line,
    Step,
    Bar,
    /// 같은 좌표의 막대를 위로 쌓음.
    Stack,
    Dot,
}

/// 점 하나. `low`–`high`는 p10–p90 띠.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Point {
    pub x: f64,
    pub y: f64,
    /// 띠의 방향은 값이 놓인 축을 따름.
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl From<(f64, f64)> for Point {
    fn from((x, y): (f64, f64)) -> Self {
        Point { x, y, low: None, high: None }
    }
}

/// 축 위의 기준선.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Mark {
    pub axis: AxisName,
    pub at: f64,
    pub label: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AxisName {
    X,
    Y,
}

/// 단계 재생. 각 장면은 알고리즘이 실제로 지나간 한 순간임.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Trace {
    pub title: String,
    pub badge: Badge,
    pub frames: Vec<Frame>,
}

/// 한 장면.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Frame {
    /// 원본의 `// step: 이름` 줄과 짝이 되는 이름.
    pub step: String,
    /// 지금 무슨 일이 일어났는지 한 문장.
    pub say: String,
    /// 이름과 값: `("perturb", "0000 0001 0100")`.
    pub counters: Vec<(String, String)>,
    pub lanes: Vec<Lane>,
    /// 첫 줄 위로 그리는 뜀: 출발 칸과 도착 칸. 마지막이 지금의 뜀임.
    pub jumps: Vec<(u64, u64)>,
}

/// 칸이 늘어선 줄. 말하지 않은 칸은 비어 있음.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Lane {
    pub label: String,
    /// 칸의 수. 64를 넘으면 칸 대신 축 위의 점으로 그림.
    pub size: u64,
    pub cells: Vec<LaneCell>,
    /// 줄을 몇 칸마다 나누는가: 캐시 라인 하나의 칸 수. 0이면 나누지 않음.
    pub group: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LaneCell {
    pub at: u64,
    pub text: String,
    pub tone: Tone,
}

/// 칸의 뜻. 색만으로 나타내지 않고 모양이나 글자를 함께 씀.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// 차 있음.
    Plain,
    /// 이미 살펴봄.
    Seen,
    /// 지금 살펴봄.
    Now,
    /// 찾았거나 새로 넣음.
    Hit,
    /// 지운 자리(묘비).
    Dead,
}

/// 가로가 시간인 그림: 파이프라인, 이벤트 루프.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Timeline {
    pub title: String,
    pub badge: Badge,
    /// 가로축의 이름과 단위: `시각`, `사이클`.
    pub axis: String,
    pub unit: String,
    pub lanes: Vec<TimeLane>,
}

/// 시간이 흐르는 줄: 명령 하나, 실행 단위 하나, 작업 하나.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TimeLane {
    pub label: String,
    /// 시작이 이른 것부터.
    pub spans: Vec<Span>,
}

/// `start`부터 `end` 앞까지. 둘이 같으면 한 순간임.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Span {
    pub start: f64,
    pub end: f64,
    pub label: String,
    pub tone: Tone,
}

impl Span {
    pub fn new(
        start: f64,
        end: f64,
        label: impl Into<String>,
        tone: Tone,
    ) -> Self {
        Span { start, end, label: label.into(), tone }
    }

    /// 한 순간: 표본, 신호.
    pub fn at(at: f64, label: impl Into<String>, tone: Tone) -> Self {
        Span::new(at, at, label, tone)
    }
}

/// 나무.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Tree {
    pub title: String,
    pub badge: Badge,
    /// 값의 단위. [`TreeShape::Outline`]은 단위가 있을 때만 값을 보임.
    pub unit: String,
    pub shape: TreeShape,
    pub roots: Vec<TreeNode>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TreeShape {
    /// 플레임 그래프: 폭이 전체에 대한 비율. 가로는 시간이 아님.
    Flame,
    /// 들여 쓴 목록: 구문 나무, 오토마톤.
    Outline,
}

/// 나무의 마디. JSON을 다시 읽을 수 있게 깊이는 50까지로 둠.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TreeNode {
    pub label: String,
    /// 자식까지 더한 값. 자체 값은 자식의 합을 뺀 나머지임.
    pub value: f64,
    pub tone: Tone,
    pub children: Vec<TreeNode>,
}

impl TreeNode {
    /// 자체 값이 `own`인 마디. 구문 나무라면 0.
    pub fn new(
        label: impl Into<String>,
        own: f64,
        children: Vec<TreeNode>,
    ) -> Self {
        let below: f64 = children.iter().map(|child| child.value).sum();
        let label = label.into();
        TreeNode { label, value: own + below, tone: Tone::Plain, children }
    }

    pub fn tone(self, tone: Tone) -> Self {
        TreeNode { tone, ..self }
    }

    /// 자식의 몫을 뺀 값.
    pub fn own(&self) -> f64 {
        let below: f64 = self.children.iter().map(|child| child.value).sum();
        (self.value - below).max(0.0)
    }
}

/// 칸마다 값이 하나인 그림. 장면이 여럿이면 움직이는 그림임.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Image {
    pub title: String,
    pub badge: Badge,
    /// 칸의 수.
    pub width: u32,
    pub height: u32,
    pub palette: Palette,
    /// 색 번호 0과 255가 뜻하는 값과 그 단위.
    pub low: f64,
    pub high: f64,
    pub unit: String,
    pub frames: Vec<Raster>,
    /// 그림을 볼 수 없는 독자에게 하는 말.
    pub alt: String,
    pub explore: Option<Explore>,
}

/// 값을 색으로 바꾸는 법.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Palette {
    /// 어두운 것이 작은 값.
    Heat,
    /// 벗어난 횟수. 끝까지 벗어나지 않은 칸(255)은 검은색임.
    Escape,
}

/// 장면 하나.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Raster {
    pub label: String,
    /// 칸마다 색 번호 하나, 위의 행부터, base64.
    pub pixels: String,
}

impl Raster {
    pub fn new(label: impl Into<String>, pixels: &[u8]) -> Self {
        Raster { label: label.into(), pixels: BASE64.encode(pixels) }
    }

    /// 색 번호. 읽을 수 없는 글이면 빈 것.
    pub fn pixels(&self) -> Vec<u8> {
        BASE64.decode(&self.pixels).unwrap_or_default()
    }
}

/// 그림을 끌거나 확대할 때 바꿀 실수 매개변수의 이름: 가운데의 두 좌표와
/// 반너비. 페이지가 정확한 부분만 다시 실행함.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Explore {
    pub x: String,
    pub y: String,
    pub half: String,
}

/// 이 기기의 기억 장치. 늘 잰 것임.
///
/// 페이지는 이것을 기억해 두고, 크기(KiB)가 축인 다른 측정 그래프에 각 단의
/// 끝을 표시함.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Machine {
    pub title: String,
    pub env: Env,
    /// 빠르고 작은 것부터.
    pub levels: Vec<Level>,
}

/// 기억 장치 한 단.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Level {
    /// `L1`, `메모리`.
    pub name: String,
    /// 작업 집합이 이 크기일 때까지, KiB. 마지막 단에는 끝이 없음.
    pub kib: Option<f64>,
    /// 의존하는 읽기 하나에 걸린 시간의 중앙값, ns.
    pub ns: f64,
}

impl Machine {
    /// 같은 내용의 표.
    pub fn table(&self) -> Table {
        let row = |level: &Level| {
            let end =
                level.kib.map_or("–".into(), |kib| Cell::fixed(kib, 0));
            vec![level.name.as_str().into(), end, Cell::fixed(level.ns, 1)]
        };
        Table {
            title: self.title.clone(),
            badge: Badge::Measured,
            columns: vec![
                Column::text("단"),
                Column::number("여기까지", "KiB"),
                Column::number("읽기 하나", "ns"),
            ],
            rows: self.levels.iter().map(row).collect(),
        }
    }
}

/// 고정폭 글.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Text {
    pub title: String,
    pub badge: Badge,
    pub lines: Vec<String>,
}

/// 결과 사이에 놓는 한 문단. 할 수 없었던 일의 까닭도 이것으로 말함.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Note {
    pub text: String,
}

/// 어디에서 실행했는가.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Env {
    /// `native` 또는 `wasm`.
    pub runtime: String,
    /// 이 프로그램의 판과 커밋.
    pub version: String,
    pub cpu: String,
    pub threads: u32,
    pub simd: String,
    /// 시계의 가장 작은 눈금, ns.
    pub clock_step_ns: f64,
    /// `release`, `debug`, `wasm`.
    pub build: String,
}
