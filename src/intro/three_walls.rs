//! 벽을 식으로 미리 보기: 메모리의 벽은 평균 접근 시간, 성능의 벽은
//! 단계의 수 × 한 단계의 비용. 비율은 모두 천분율 정수라 어디서나 같음.

use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 데이터가 커지면 멀쩡하던 코드가 갑자기 느려지는가?",
    prediction: Prediction {
        text: "작업 집합이 L2의 두 배가 되면 평균 접근 시간은 몇 배가 될까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::None("식을 셈하는 모형이라 잴 시간이 없음"),
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("1", "거의 그대로"), ("2", "2배쯤"), ("4", "4배쯤"), ("20", "20배쯤")];

lab::params! {
    /// 기계 하나와 일 하나.
    pub struct Params {
        working_set: u64 = 2_048, int("작업 집합").unit("KiB")
            .range(1, 16_777_216).log()
            .hint("되풀이해 건드리는 데이터. 고르게 건드린다고 봄");
        l1_kib: u64 = 32, int("L1 크기").unit("KiB").range(1, 1_024);
        l1_cycles: u64 = 4, int("L1 지연").unit("사이클").range(1, 100);
        l2_kib: u64 = 1_024, int("L2 크기").unit("KiB").range(1, 65_536);
        l2_cycles: u64 = 14, int("L2 지연").unit("사이클").range(1, 200);
        l3_kib: u64 = 32_768, int("L3 크기").unit("KiB")
            .range(1, 1_048_576);
        l3_cycles: u64 = 50, int("L3 지연").unit("사이클").range(1, 500);
        memory_cycles: u64 = 300, int("메모리 지연").unit("사이클")
            .range(1, 2_000);
        n: u64 = 1_000, int("항목의 수").unit("개").range(2, 1_000_000)
            .log();
        interpreter: u64 = 50, int("해석 비용").unit("배").range(1, 1_000)
            .hint("한 단계가 기계어보다 몇 배 비싼가");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 메모리의 층 하나.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    pub name: &'static str,
    pub kib: u64,
    pub cycles: u64,
}

impl Params {
    /// 작은 것부터.
    fn levels(&self) -> [Level; 3] {
        [
            ("L1", self.l1_kib, self.l1_cycles),
            ("L2", self.l2_kib, self.l2_cycles),
            ("L3", self.l3_kib, self.l3_cycles),
        ]
        .map(|(name, kib, cycles)| Level { name, kib, cycles })
    }

    fn amat(&self, working_set: u64) -> u64 {
        average_access(working_set, &self.levels(), self.memory_cycles, |_| {})
    }
}

/// 커널이 지나가는 순간. `from`–`to`는 그 층이 맡는 몫, KiB.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Hit { from: u64, to: u64, level: Level },
    Spill { from: u64, to: u64 },
    Divide { permille: u64 },
}

// ANCHOR: kernel
/// 평균 접근 시간, 사이클의 천분율.
///
/// 작업 집합을 고르게 건드리면 캐시마다 담은 만큼 적중함. 넘친 몫은
/// 메모리가 맡음.
pub fn average_access(
    working_set: u64,
    levels: &[Level],
    memory_cycles: u64,
    mut watch: impl FnMut(Step),
) -> u64 {
    let (mut covered, mut cycles) = (0, 0);
    for level in levels {
        let reached = level.kib.min(working_set).max(covered);
        watch(Step::Hit { from: covered, to: reached, level: *level });
        cycles += (reached - covered) * level.cycles; // step: hit
        covered = reached;
    }
    watch(Step::Spill { from: covered, to: working_set });
    cycles += (working_set - covered) * memory_cycles; // step: spill
    let permille = cycles * 1000 / working_set; // step: divide
    watch(Step::Divide { permille });
    permille
}

/// `n`을 1까지 반씩 줄이는 횟수: log2를 올림한 것.
pub fn halvings(n: u64) -> u64 {
    u64::from((n - 1).checked_ilog2().map_or(1, |log| log + 1))
}
// ANCHOR_END: kernel

/// 이 n부터는 늘 해석하며 푼 n·log n이 기계어로 푼 n²을 이김.
///
/// 반씩 줄이는 횟수는 2의 거듭제곱을 넘을 때 뛰므로, 한 번 이기고도 다시
/// 질 수 있음. 그래서 지는 마지막 n을 뒤에서부터 찾음.
fn crossover(interpreter: u64) -> u64 {
    // n이 2^20까지는 반씩 줄이는 횟수가 20을 넘지 않음
    let mut tried = (2..=20 * interpreter).rev();
    let last = tried.find(|n| *n <= interpreter * halvings(*n));
    last.map_or(2, |n| n + 1)
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let amat = p.amat(p.working_set);
    let amat_l2 = p.amat(p.l2_kib);
    let ratio = amat * 1000 / amat_l2;
    let steps = halvings(p.n);
    let language = p.interpreter * 1000;
    let algorithm = p.n * 1000 / steps;
    let both = p.interpreter * p.n * 1000 / steps;
    let crossover = crossover(p.interpreter);
    Ok(Report::default()
        .answer("amat", amat)
        .answer("amat_l2", amat_l2)
        .answer("memory_ratio", ratio)
        .answer("language_gain", language)
        .answer("algorithm_gain", algorithm)
        .answer("both_gain", both)
        .answer("crossover", crossover)
        .checksum(&[
            amat, amat_l2, ratio, language, algorithm, both, crossover,
        ])
        .view(View::Chart(memory_chart(p)))
        .view(View::Table(memory_table(p)))
        .view(View::Chart(work_chart(p, crossover)))
        .view(View::Table(work_table(p)))
        .view(View::Trace(replay(p))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let cycles = |key| format::fixed(int(key) as f64 / 1000.0, 1);
    let sentence = format!(
        "작업 집합이 L2만 할 때는 평균 {}사이클, 고른 크기에서는 {}사이클.",
        cycles("amat_l2"),
        cycles("amat")
    );
    let ratio = int("memory_ratio") as f64 / 1000.0;
    Verdict::ratio(GUESSES, ratio, sentence)
}

/// `low`에서 2의 거듭제곱 `high`까지, 두 배 사이를 여덟으로 나눈 점들.
fn octaves(low: u64, high: u64) -> Vec<u64> {
    let eighths = (0..high.ilog2())
        .flat_map(|octave| (8..16).map(move |i| (i << octave) / 8));
    let mut points: Vec<u64> =
        eighths.filter(|n| *n >= low).chain([high]).collect();
    points.dedup();
    points
}

fn memory_chart(p: &Params) -> Chart {
    let largest = (p.working_set.max(p.l3_kib) * 8).next_power_of_two();
    let points = octaves(1, largest)
        .into_iter()
        .map(|kib| (kib as f64, p.amat(kib) as f64 / 1000.0).into());
    // 크기까지 적으면 좁은 화면에서 글이 이웃한 선을 덮음
    let mark = |name: &str, kib: u64| Mark {
        axis: AxisName::X,
        at: kib as f64,
        label: name.into(),
    };
    let sizes = p.levels().map(|level| mark(level.name, level.kib));
    let marks = sizes.into_iter().chain([mark("작업 집합", p.working_set)]);
    Chart {
        title: "메모리의 벽: 작업 집합과 평균 접근 시간".into(),
        badge: Badge::Model,
        x: Axis::log("작업 집합", "KiB"),
        y: Axis::log("평균 접근 시간", "사이클(모형)"),
        series: vec![Series {
            name: "평균 접근 시간".into(),
            shape: Shape::Line,
            points: points.collect(),
        }],
        marks: marks.collect(),
    }
}

fn memory_table(p: &Params) -> Table {
    let total = p.working_set as f64;
    let row = |name: &str, share: u64, cycles: u64| {
        vec![
            name.into(),
            Cell::fixed(share as f64 * 100.0 / total, 1),
            cycles.into(),
            Cell::fixed((share * cycles) as f64 / total, 3),
        ]
    };
    let mut rows = Vec::new();
    average_access(p.working_set, &p.levels(), p.memory_cycles, |step| {
        rows.push(match step {
            Step::Hit { from, to, level } => {
                row(level.name, to - from, level.cycles)
            }
            Step::Spill { from, to } => {
                row("메모리", to - from, p.memory_cycles)
            }
            Step::Divide { permille } => vec![
                "모두".into(),
                Cell::fixed(100.0, 1),
                "".into(),
                Cell::fixed(permille as f64 / 1000.0, 3),
            ],
        });
    });
    Table {
        title: "어느 층이 얼마를 보태는가".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("층"),
            Column::number("거기서 찾는 비율", "%"),
            Column::number("지연", "사이클(모형)"),
            Column::number("평균에 보태는 몫", "사이클(모형)"),
        ],
        rows,
    }
}

/// 고치는 방법 넷: 이름, 해석하는가, 단계의 수.
type Way = (&'static str, bool, fn(u64) -> u64);

const WAYS: [Way; 4] = [
    ("아무것도 안 고침", true, |n| n * n),
    ("언어만", false, |n| n * n),
    ("알고리즘만", true, |n| n * halvings(n)),
    ("둘 다", false, |n| n * halvings(n)),
];

impl Params {
    /// 기계어 한 단계를 1로 본 비용.
    fn cost(&self, (_, interpreted, steps): Way, n: u64) -> u64 {
        steps(n) * if interpreted { self.interpreter } else { 1 }
    }
}

fn work_chart(p: &Params, crossover: u64) -> Chart {
    let largest = (p.n.max(crossover) * 4).next_power_of_two();
    let series = WAYS.map(|way| Series {
        name: way.0.into(),
        shape: Shape::Line,
        points: octaves(2, largest)
            .into_iter()
            .map(|n| (n as f64, p.cost(way, n) as f64).into())
            .collect(),
    });
    let label =
        format!("n {}부터 알고리즘만 고쳐도 이김", format::int(crossover));
    Chart {
        title: "성능의 벽: 항목의 수와 비용".into(),
        badge: Badge::Model,
        x: Axis::log("항목의 수", "개"),
        y: Axis::log("비용", "기계어 단계(모형)"),
        series: series.into(),
        marks: vec![Mark { axis: AxisName::X, at: crossover as f64, label }],
    }
}

fn work_table(p: &Params) -> Table {
    let worst = p.cost(WAYS[0], p.n);
    let rows = WAYS.map(|way| {
        let (name, interpreted, steps) = way;
        let each = if interpreted { p.interpreter } else { 1 };
        let cost = p.cost(way, p.n);
        vec![
            name.into(),
            steps(p.n).into(),
            each.into(),
            cost.into(),
            Cell::fixed(worst as f64 / cost as f64, 1),
        ]
    });
    Table {
        title: format!("항목 {}개일 때", format::int(p.n)),
        badge: Badge::Model,
        columns: vec![
            Column::text("고친 것"),
            Column::number("단계", "번"),
            Column::number("한 단계의 비용", ""),
            Column::number("비용", "기계어 단계"),
            Column::number("빨라짐", "배"),
        ],
        rows: rows.into(),
    }
}

/// 재생이 작업 집합을 나눠 그리는 칸의 수.
const TILES: u64 = 32;

fn replay(p: &Params) -> Trace {
    let mut frames: Vec<Frame> = Vec::new();
    let mut cells: Vec<LaneCell> = Vec::new();
    let mut sum = 0;
    average_access(p.working_set, &p.levels(), p.memory_cycles, |step| {
        let (tag, say) = match step {
            Step::Hit { from, to, level } => {
                let Level { name, kib, cycles } = level;
                sum += (to - from) * cycles;
                tile(&mut cells, p, (from, to), name);
                let (size, share) = (format::int(kib), to - from);
                let share = format::int(share);
                ("hit", format!("{name}({size} KiB)의 몫: {share} KiB"))
            }
            Step::Spill { from, to } => {
                sum += (to - from) * p.memory_cycles;
                tile(&mut cells, p, (from, to), "메모리");
                let say = match to - from {
                    0 => "캐시에 다 들어가 메모리의 몫이 없음".to_owned(),
                    kib => {
                        let share = format::int(kib);
                        format!("넘쳐서 메모리가 맡는 몫: {share} KiB")
                    }
                };
                ("spill", say)
            }
            Step::Divide { permille } => {
                tile(&mut cells, p, (0, 0), "");
                let mean = format::fixed(permille as f64 / 1000.0, 3);
                ("divide", format!("작업 집합으로 나눔: 평균 {mean}사이클"))
            }
        };
        frames.push(Frame {
            step: tag.into(),
            say,
            counters: vec![
                ("작업 집합(KiB)".into(), format::int(p.working_set)),
                ("몫 × 지연의 합".into(), format::int(sum)),
            ],
            lanes: vec![Lane {
                label: "작업 집합을 맡은 층".into(),
                size: TILES,
                cells: cells.clone(),
                group: 0,
            }],
            jumps: Vec::new(),
        });
    });
    Trace {
        title: "작업 집합을 층마다 나눠 맡기기".into(),
        badge: Badge::Model,
        frames,
    }
}

/// `from`–`to`에 걸친 칸을 칠함. 먼저 칠한 칸은 지나온 칸이 됨.
fn tile(
    cells: &mut Vec<LaneCell>,
    p: &Params,
    (from, to): (u64, u64),
    text: &str,
) {
    for cell in cells.iter_mut() {
        cell.tone = Tone::Seen;
    }
    let at = |kib: u64| (kib * TILES).div_ceil(p.working_set);
    cells.extend((at(from)..at(to)).map(|at| LaneCell {
        at,
        text: text.into(),
        tone: Tone::Now,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab::host::Quiet;

    fn report(pairs: &[(&str, &str)]) -> Report {
        let values =
            Params::table().parse(pairs.iter().copied(), Scope::Native);
        let entry = crate::find("three_walls");
        let mut ctx = Ctx::new(&Quiet, Scope::Native);
        entry.run(&values.unwrap(), &mut ctx).unwrap()
    }

    /// 손으로 셈한 값.
    #[test]
    fn the_average_is_the_weighted_sum() {
        let p = Params::default();
        // 모두 L1에 들어감
        assert_eq!(p.amat(32), 4_000);
        // (32·4 + 992·14) / 1024 = 13.6875
        assert_eq!(p.amat(1_024), 13_687);
        // (32·4 + 992·14 + 1024·50) / 2048 = 31.84375
        assert_eq!(p.amat(2_048), 31_843);
        // (128 + 13888 + 31744·50 + 32768·300) / 65536 = 174.432…
        assert_eq!(p.amat(65_536), 174_432);
    }

    #[test]
    fn halvings_round_up() {
        let pairs = [(2, 1), (3, 2), (4, 2), (5, 3), (1_000, 10), (1_024, 10)];
        for (n, want) in pairs {
            assert_eq!(halvings(n), want, "{n}");
        }
    }

    #[test]
    fn anchors_of_the_default_run() {
        let report = report(&[]);
        for (key, want) in [
            ("memory_ratio", 2_326),
            ("language_gain", 50_000),
            ("algorithm_gain", 100_000),
            ("both_gain", 5_000_000),
            ("crossover", 451),
        ] {
            assert_eq!(report.int(key), Some(want), "{key}");
        }
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.headline, "2.33배");
        assert_eq!(verdict.choice.as_deref(), Some("2"));
    }

    /// 그 n부터는 늘 이기고, 바로 앞에서는 짐. 52는 469에서 한 번 이겼다가
    /// 513에서 다시 짐.
    #[test]
    fn the_curves_cross_where_they_say() {
        for interpreter in [1, 7, 50, 52, 56, 1_000] {
            let p = Params { interpreter, ..Params::default() };
            let wins = |n| p.cost(WAYS[2], n) < p.cost(WAYS[1], n);
            let n = crossover(interpreter);
            assert!((n..1 << 20).all(wins), "{interpreter}");
            assert!(n == 2 || !wins(n - 1), "{interpreter}");
        }
        assert_eq!(crossover(52), 521);
    }

    /// 서평의 약속: 모형의 시간에는 단위에 '(모형)'이 붙음.
    #[test]
    fn modelled_cycles_say_so() {
        let report = report(&[]);
        let View::Table(table) = &report.views[1] else { panic!() };
        let units = table.columns.iter().filter_map(|c| c.unit.as_deref());
        let cycles: Vec<_> = units.filter(|u| u.contains("사이클")).collect();
        assert_eq!(cycles, ["사이클(모형)"; 2]);
    }

    /// 넘치지 않았으면 넘쳤다고 말하지 않음.
    #[test]
    fn the_replay_tells_whether_memory_was_needed() {
        let says = |working_set: &str| {
            let report = report(&[("working_set", working_set)]);
            let View::Trace(trace) = &report.views[4] else { panic!() };
            let spill = trace.frames.iter().find(|f| f.step == "spill");
            spill.unwrap().say.clone()
        };
        assert_eq!(says("2048"), "캐시에 다 들어가 메모리의 몫이 없음");
        assert_eq!(says("65536"), "넘쳐서 메모리가 맡는 몫: 32,768 KiB");
    }

    /// 아래층이 더 작은 기계에서도 몫을 두 번 세지 않음.
    #[test]
    fn a_smaller_outer_level_adds_nothing() {
        let upside_down = report(&[("l2_kib", "8"), ("working_set", "64")]);
        // 32·4 + 32·50 = 1728, 1728 / 64 = 27
        assert_eq!(upside_down.int("amat"), Some(27_000));
    }
}
