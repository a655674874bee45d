//! 사전 한 칸은 몇 바이트인가: 배치마다 바이트를 식으로 셈함.
//!
//! 식의 출처는 CPython 3.14 `Objects/dictobject.c`의 `new_keys_object`,
//! `USABLE_FRACTION`, `GROWTH_RATE`와 `Objects/setobject.c`의
//! `set_add_entry_takeref`, `set_table_resize`; SwissTable은 hashbrown의
//! `capacity_to_buckets`.

use super::dict_probe::{Dict, Rule};
use super::draw::{index_lane, items_lane};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, Mark, Point,
    Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::rng::mix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 항목이 하나 늘었는데 메모리가 두 배가 되는가?",
    prediction: Prediction {
        text: "문자열 키 5개를 담은 64비트 사전은 184바이트임. \
               하나를 더 넣어 6개가 되면 몇 바이트일까?",
        ask: Ask::Number { unit: "바이트" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::None("시간을 재지 않고 바이트만 셈하는 실험임"),
    memory_mib: 64,
};

lab::choices! {
    /// 키의 타입이 항목 하나의 필드 수를 정함.
    pub enum KeyType {
        Int = "int", "정수";
        Str = "str", "문자열";
    }
}

lab::choices! {
    /// 포인터 하나의 폭.
    pub enum Width {
        Bits64 = "64", "64비트";
        Bits32 = "32", "32비트";
    }
}

lab::choices! {
    /// 나란히 놓을 배치.
    pub enum Layout {
        Compact = "compact", "압축 사전 (3.6부터)";
        Pre36 = "pre36", "3.6 이전 사전";
        Set = "set", "셋";
        Swiss = "swiss", "SwissTable (Rust)";
    }
}

lab::params! {
    /// 빈 사전에 하나씩 n개를 넣었을 때.
    pub struct Params {
        n: u64 = 50, int("항목의 수").unit("개").range(0, 100_000)
            .hint("빈 사전에 하나씩 넣음");
        keys: KeyType = KeyType::Str, choice("키의 타입")
            .hint("키와 값 객체의 바이트는 세지 않음");
        width: Width = Width::Bits64, choice("포인터 폭")
            .hint("브라우저의 Pyodide는 32비트");
        compare: Layout = Layout::Pre36, choice("견줄 배치");
    }
    check = |_: &Params, _: Scope| Ok(());
}

impl Width {
    fn pointer(self) -> u64 {
        match self {
            Width::Bits64 => 8,
            Width::Bits32 => 4,
        }
    }

    /// GC 머리까지 더한 사전 객체.
    fn dict_object(self) -> u64 {
        match self {
            Width::Bits64 => 64,
            Width::Bits32 => 40,
        }
    }

    /// 키 표의 머리.
    fn table_head(self) -> u64 {
        match self {
            Width::Bits64 => 32,
            Width::Bits32 => 20,
        }
    }

    /// 여덟 칸을 품은 셋 객체.
    fn set_object(self) -> u64 {
        match self {
            Width::Bits64 => 216,
            Width::Bits32 => 108,
        }
    }
}

/// 배치 하나가 쓰는 바이트.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub header: u64,
    pub index: u64,
    pub entries: u64,
}

impl Parts {
    pub fn total(self) -> u64 {
        self.header + self.index + self.entries
    }
}

/// 셋의 최소 표이자 사전의 최소 표.
const MIN_SLOTS: u64 = 8;

// ANCHOR: kernel
/// 칸의 3분의 2까지만 채움.
pub fn usable(slots: u64) -> u64 {
    slots * 2 / 3
}

/// 하나씩 n개를 넣은 사전의 칸 수.
pub fn dict_slots(n: u64) -> u64 {
    let mut slots = if n == 0 { 0 } else { MIN_SLOTS }; // step: first
    while n > usable(slots) {
        // 자리가 바닥난 순간의 항목은 usable개임
        slots = (usable(slots) * 3).next_power_of_two(); // step: grow
    }
    slots // step: keep
}

/// 항목의 번호 하나. 빈칸과 묘비까지 적을 수 있는 가장 좁은 정수임.
pub fn number_bytes(slots: u64) -> u64 {
    match slots {
        0..=0x80 => 1,
        0x81..=0x8000 => 2,
        _ => 4,
    }
}

/// 압축 사전: 성긴 것은 번호뿐이고 항목은 빽빽함.
pub fn compact(n: u64, keys: KeyType, width: Width) -> Parts {
    let slots = dict_slots(n);
    if slots == 0 {
        // 빈 사전은 모두 빈 표 하나를 같이 씀
        let header = width.dict_object();
        return Parts { header, ..Parts::default() }; // step: empty
    }
    let fields = match keys {
        KeyType::Str => 2, // 해시는 문자열 객체가 품고 있음
        KeyType::Int => 3,
    };
    Parts {
        header: width.dict_object() + width.table_head(),
        index: slots * number_bytes(slots),
        entries: usable(slots) * fields * width.pointer(),
    }
}
// ANCHOR_END: kernel

/// 3.6 이전: (해시, 키, 값) 칸을 성긴 채로 늘어놓음.
fn pre36(n: u64, width: Width) -> Parts {
    Parts {
        header: width.dict_object() + width.table_head(),
        index: 0,
        entries: dict_slots(n.max(1)) * 3 * width.pointer(),
    }
}

/// 하나씩 n개를 넣은 셋의 칸 수. 60%가 차면 네 배로 이사함.
pub fn set_slots(n: u64) -> u64 {
    let mut slots = MIN_SLOTS;
    loop {
        let full = ((slots - 1) * 3).div_ceil(5);
        if n < full {
            return slots;
        }
        let times = if full > 50_000 { 2 } else { 4 };
        slots = (full * times + 1).next_power_of_two();
    }
}

fn set(n: u64, width: Width) -> Parts {
    let slots = set_slots(n);
    // 첫 여덟 칸은 객체 안에 있음
    let outside = if slots == MIN_SLOTS { 0 } else { slots };
    Parts {
        header: width.set_object(),
        index: 0,
        entries: outside * 2 * width.pointer(),
    }
}

/// SwissTable의 칸 수: 여덟 칸까지는 한 칸을, 그 위로는 8분의 1을 비움.
fn swiss_slots(n: u64) -> u64 {
    let room = |slots: u64| slots - (slots / 8).max(1);
    let mut slots = if n == 0 { 0 } else { 4 };
    while slots > 0 && n > room(slots) {
        slots *= 2;
    }
    slots
}

fn swiss(n: u64, width: Width) -> Parts {
    let slots = swiss_slots(n);
    Parts { header: 0, index: slots, entries: slots * 2 * width.pointer() }
}

impl Params {
    fn parts(&self, layout: Layout, n: u64) -> Parts {
        match layout {
            Layout::Compact => compact(n, self.keys, self.width),
            Layout::Pre36 => pre36(n, self.width),
            Layout::Set => set(n, self.width),
            Layout::Swiss => swiss(n, self.width),
        }
    }

    /// 압축 사전과, 다르면 견줄 배치.
    fn layouts(&self) -> Vec<Layout> {
        let mut layouts = vec![Layout::Compact, self.compare];
        layouts.dedup();
        layouts
    }

    /// 지금의 CPython이 아닌 배치는 식으로만 확인함.
    fn badge(&self) -> Badge {
        match self.compare {
            Layout::Compact | Layout::Set => Badge::Exact,
            Layout::Pre36 | Layout::Swiss => Badge::Model,
        }
    }
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let parts = p.parts(Layout::Compact, p.n);
    let compared = p.parts(p.compare, p.n).total();
    let Parts { header, index, entries } = parts;
    let bytes = parts.total();
    let slots = dict_slots(p.n);
    let at = |n| p.parts(Layout::Compact, n).total();
    Ok(Report::default()
        .answer("header", header)
        .answer("index", index)
        .answer("entries", entries)
        .answer("bytes", bytes)
        .answer("compare_bytes", compared)
        .answer("slots", slots)
        .answer("usable", usable(slots))
        .answer("at_5", at(5))
        .answer("at_6", at(6))
        .checksum(&[header, index, entries, bytes, compared])
        .view(View::Chart(stacked(p)))
        .view(View::Table(breakdown(p)))
        .view(View::Chart(sawtooth(p)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key| report.int(key).unwrap_or(0);
    let (five, six) = (int("at_5"), int("at_6"));
    let sentence = format!(
        "{} 키, {} 사전은 5개까지 {}바이트이고 6개째에 {}바이트가 됨.",
        p.keys.label(),
        p.width.label(),
        format::int(five),
        format::int(six)
    );
    let headline = format!("{}바이트", format::int(six));
    Verdict::number(headline, six as f64, sentence)
}

fn stacked(p: &Params) -> Chart {
    let layouts = p.layouts();
    let series = |name: &str, bytes: fn(Parts) -> u64| {
        let points = layouts.iter().enumerate().map(|(i, layout)| {
            (i as f64, bytes(p.parts(*layout, p.n)) as f64).into()
        });
        let points = points.collect();
        Series { name: name.into(), shape: Shape::Stack, points }
    };
    Chart {
        title: format!("항목 {}개의 바이트", format::int(p.n)),
        badge: p.badge(),
        x: Axis::category("배치", layouts.iter().map(|layout| layout.label())),
        y: Axis::linear("크기", "바이트"),
        series: vec![
            series("머리", |parts| parts.header),
            series("인덱스", |parts| parts.index),
            series("항목", |parts| parts.entries),
        ],
        marks: Vec::new(),
    }
}

/// 압축 사전의 바이트가 어디에서 나왔는지.
fn breakdown(p: &Params) -> Table {
    let Parts { header, index, entries } = p.parts(Layout::Compact, p.n);
    let slots = dict_slots(p.n);
    let room = usable(slots);
    let total = header + index + entries;
    let product = |bytes: u64, count: u64, unit: &str| match count {
        0 => "아직 없음".to_owned(),
        _ => format!("{}바이트 × {}{unit}", bytes / count, format::int(count)),
    };
    let head = match slots {
        0 => "사전 객체".to_owned(),
        _ => format!(
            "사전 객체 {} + 표의 머리 {}",
            p.width.dict_object(),
            p.width.table_head()
        ),
    };
    let row = |name: &str, bytes: Cell, how: String| {
        vec![name.into(), bytes, how.into()]
    };
    let left = format!("남은 자리 {}개", format::int(room - p.n));
    let next = room + 1;
    let larger = format::int(dict_slots(next));
    let moved = match slots {
        0 => format!("{larger}칸짜리 표를 처음 잡음"),
        _ => format!("{larger}칸으로 이사함"),
    };
    Table {
        title: "압축 사전의 바이트".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::text("몫"),
            Column::number("크기", "바이트"),
            Column::text("셈"),
        ],
        rows: vec![
            row("머리", header.into(), head),
            row("인덱스", index.into(), product(index, slots, "칸")),
            row("항목", entries.into(), product(entries, room, "개")),
            row("합", total.into(), left),
            row(
                &format!("{}개가 되면", format::int(next)),
                p.parts(Layout::Compact, next).total().into(),
                moved,
            ),
        ],
    }
}

/// 항목 하나당 바이트. 이사한 자리의 앞뒤를 모두 담아 톱니가 뾰족함.
fn sawtooth(p: &Params) -> Chart {
    let last = (p.n * 4).clamp(100, 100_000);
    let line = |layout: Layout| {
        let bytes = |n| p.parts(layout, n).total();
        let point = |n| (n as f64, bytes(n) as f64 / n as f64).into();
        let mut points: Vec<Point> = Vec::new();
        let mut next = 1;
        for n in 1..=last {
            let edge = bytes(n) != bytes(n + 1) || bytes(n) != bytes(n - 1);
            if n >= next || edge || n == last {
                points.push(point(n));
                next = n + n / 24 + 1;
            }
        }
        Series { name: layout.label().into(), shape: Shape::Line, points }
    };
    let here = (p.n > 0).then(|| Mark {
        axis: AxisName::X,
        at: p.n as f64,
        label: format!("지금 {}개", format::int(p.n)),
    });
    Chart {
        title: "항목 하나당 바이트".into(),
        badge: p.badge(),
        x: Axis::log("항목의 수", "개"),
        y: Axis::log("항목 하나당 크기", "바이트"),
        series: p.layouts().into_iter().map(line).collect(),
        marks: here.into_iter().collect(),
    }
}

/// 재생이 넣는 항목의 수. 표가 64칸까지라 칸이 모두 보임.
const REPLAY_KEYS: u64 = 30;

/// 하나씩 넣으며 진짜 자리와 바이트를 보임.
fn replay(p: &Params) -> Trace {
    let mut dict = Dict::new(Rule::CPYTHON);
    let mut frames = vec![Frame {
        step: "empty".into(),
        say: "빈 사전: 아직 표가 없음".into(),
        counters: counters(p, 0),
        ..Frame::default()
    }];
    for n in 1..=p.n.min(REPLAY_KEYS) {
        let hash = match p.keys {
            KeyType::Int => n - 1,
            KeyType::Str => mix64(n - 1),
        };
        dict.insert(hash, |_| {});
        frames.push(frame(p, &dict, n));
    }
    Trace {
        title: match p.keys {
            KeyType::Int => "정수 키 0, 1, 2, …를 하나씩 넣기".into(),
            // 문자열의 해시는 프로세스마다 다름
            KeyType::Str => "무작위 해시의 키를 하나씩 넣기".into(),
        },
        badge: match p.keys {
            KeyType::Int => Badge::Exact,
            KeyType::Str => Badge::Model,
        },
        frames,
    }
}

fn frame(p: &Params, dict: &Dict, n: u64) -> Frame {
    let bytes = |n| p.parts(Layout::Compact, n).total();
    let moved = dict_slots(n) != dict_slots(n - 1);
    let (step, say) = match (n, moved) {
        (1, _) => ("first", "첫 항목: 8칸짜리 표를 만듦".to_owned()),
        (_, false) => {
            ("keep", format!("{n}번째 항목: 자리가 남아 바이트는 그대로임"))
        }
        _ => (
            "grow",
            format!(
                "{n}번째 항목: 자리가 없어 {}칸에서 {}칸으로 이사함. \
                 {}바이트가 {}바이트가 됨",
                dict_slots(n - 1),
                dict_slots(n),
                format::int(bytes(n - 1)),
                format::int(bytes(n))
            ),
        ),
    };
    let number = n as usize - 1;
    let slot = |at: u64| match dict.index[at as usize] {
        item if item == number as i32 => Tone::Hit,
        _ => Tone::Plain,
    };
    let item = |i| if i == number { Tone::Hit } else { Tone::Plain };
    let Parts { index, entries, .. } = p.parts(Layout::Compact, n);
    let slots = dict_slots(n);
    let sized = |name: &str, bytes: u64, count: u64| {
        format!("{name}: {}바이트 × {count}칸", bytes / count)
    };
    let index = Lane {
        label: sized("인덱스 표", index, slots),
        ..index_lane(dict, 0..slots, slot)
    };
    let items = Lane {
        label: sized("항목 배열", entries, usable(slots)),
        ..items_lane(dict, item)
    };
    Frame {
        step: step.into(),
        say,
        counters: counters(p, n),
        lanes: vec![index, items],
        jumps: Vec::new(),
    }
}

fn counters(p: &Params, n: u64) -> Vec<(String, String)> {
    let bytes = p.parts(Layout::Compact, n).total();
    let left = usable(dict_slots(n)) - n;
    vec![
        ("항목".into(), format!("{n}개")),
        ("바이트".into(), format::int(bytes)),
        ("남은 자리".into(), format!("{left}개")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn bytes(n: u64, keys: KeyType, width: Width) -> u64 {
        compact(n, keys, width).total()
    }

    #[test]
    fn anchors_of_the_bytes() {
        use KeyType::{Int, Str};
        use Width::{Bits32, Bits64};
        let rows = [
            (0, 64, 64, 40, 40),
            (1, 224, 184, 128, 108),
            (5, 224, 184, 128, 108),
            (6, 352, 272, 196, 156),
            (10, 352, 272, 196, 156),
            (11, 632, 464, 344, 260),
            (42, 1_168, 832, 628, 460),
            (85, 2_264, 1_584, 1_208, 868),
            (86, 4_688, 3_328, 2_612, 1_932),
            (342, 18_512, 13_056, 10_292, 7_564),
            (682, 18_512, 13_056, 10_292, 7_564),
            (1_365, 36_952, 26_032, 20_536, 15_076),
        ];
        for (n, int64, str64, int32, str32) in rows {
            assert_eq!(bytes(n, Int, Bits64), int64, "{n}");
            assert_eq!(bytes(n, Str, Bits64), str64, "{n}");
            assert_eq!(bytes(n, Int, Bits32), int32, "{n}");
            assert_eq!(bytes(n, Str, Bits32), str32, "{n}");
        }
    }

    #[test]
    fn anchors_of_the_growth() {
        let moved = |slots: fn(u64) -> u64, last| -> Vec<u64> {
            (1..=last).filter(|n| slots(*n) != slots(n - 1)).collect()
        };
        let dict = [1, 6, 11, 22, 43, 86, 171, 342, 683, 1_366, 2_731];
        assert_eq!(moved(dict_slots, 5_000), dict);
        let moves = [5, 19, 77, 307, 1_229, 4_915, 19_661, 78_643];
        assert_eq!(moved(set_slots, 100_000), moves);
        let slots = [32, 128, 512, 2_048, 8_192, 32_768, 131_072, 262_144];
        assert_eq!(moves.map(set_slots), slots);
        let rows = [216, 728, 2_264, 8_408, 32_984, 131_288];
        let sizes = [4, 5, 19, 77, 307, 1_229];
        assert_eq!(sizes.map(|n| set(n, Width::Bits64).total()), rows);
    }

    /// 식으로 센 칸 수와 하나씩 넣은 모형의 칸 수가 같아야 함.
    #[test]
    fn formula_matches_the_model() {
        let mut dict = Dict::new(Rule::CPYTHON);
        for n in 1..=20_000 {
            dict.insert(mix64(n), |_| {});
            assert_eq!(dict_slots(n), dict.slots(), "{n}");
        }
    }

    /// 진짜 hashbrown은 여기에 제어 바이트 한 묶음을 더 둠.
    #[test]
    fn swiss_matches_hashbrown() {
        let mut map =
            hashbrown::HashMap::with_hasher(std::hash::RandomState::new());
        let mut extra = std::collections::BTreeSet::new();
        for n in 1..=20_000u64 {
            map.insert(n, n);
            let model = swiss(n, Width::Bits64).total();
            extra.insert(map.allocation_size() as u64 - model);
        }
        assert_eq!(extra.len(), 1, "{extra:?}");
        assert!(extra.iter().all(|bytes| [8, 16].contains(bytes)));
    }

    #[test]
    fn checksums_of_the_counterpart() {
        let rows: [(&[(&str, &str)], &str); 3] = [
            (&[], "d162c4e88597b4b0"),
            (&[("n", "0")], "83a801f93099dd4a"),
            (
                &[("n", "86"), ("keys", "int"), ("compare", "set")],
                "787a8c02554098f8",
            ),
        ];
        for (pairs, want) in rows {
            let report = run_with("dict_layout", pairs);
            assert_eq!(report.checksum.as_deref(), Some(want), "{pairs:?}");
        }
    }

    #[test]
    fn the_default_prediction_is_272_bytes() {
        let verdict = run_with("dict_layout", &[]).verdict.unwrap();
        assert_eq!(verdict.number, Some(272.0));
        assert_eq!(verdict.headline, "272바이트");
        assert_eq!(
            verdict.sentence,
            "문자열 키, 64비트 사전은 5개까지 184바이트이고 \
             6개째에 272바이트가 됨."
        );
    }

    /// 이사하는 항목에서만 자리가 바뀌고, 장면의 표는 모형과 같음.
    #[test]
    fn replay_shows_every_step() {
        let report = run_with("dict_layout", &[("n", "30")]);
        let trace = report.views.iter().find_map(|view| match view {
            View::Trace(trace) => Some(trace),
            _ => None,
        });
        let frames = &trace.unwrap().frames;
        let steps = |tag: &str| -> Vec<usize> {
            let found =
                |(i, frame): (usize, &Frame)| (frame.step == tag).then_some(i);
            frames.iter().enumerate().filter_map(found).collect()
        };
        assert_eq!(frames.len(), 31);
        assert_eq!(steps("empty"), [0]);
        assert_eq!(steps("first"), [1]);
        assert_eq!(steps("grow"), [6, 11, 22]);
        assert_eq!(frames[30].lanes[0].cells.len(), 30);
    }

    #[test]
    fn no_series_is_too_long() {
        let p = Params { n: 100_000, ..Params::default() };
        for series in sawtooth(&p).series {
            assert!(series.points.len() <= 5_000);
        }
    }
}
