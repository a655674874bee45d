//! 이름 하나 찾는 길: 지역은 칸, 전역과 내장은 사전, 속성은 상속의 길.
//!
//! 인라인 캐시는 CPython 3.11부터의 것을 줄인 모형임: 지난번에 찾은 자리와
//! 그때의 판 번호를 적어 두고, 번호가 그대로면 사전을 보지 않음.

use std::hint::black_box;

use super::dict_probe::{Dict, Rule, probes};
use lab::checksum::fnv1a;
use lab::measure::{Case, compare};
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Frame, Lane, LaneCell, Mark,
    Series, Shape, Table, Tone, Trace, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 전역 이름은 지역 이름보다 느렸고, 지금은 덜한가?",
    prediction: Prediction {
        text: "전역 이름을 지역 별칭으로 바꿔 읽으면 몇 퍼센트 빨라질까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] =
    &[("0", "거의 그대로"), ("15", "15%쯤"), ("40", "40%쯤"), ("80", "80%쯤")];

lab::choices! {
    /// 이름이 사는 곳.
    pub enum Home {
        Local = "local", "지역";
        Global = "global", "전역";
        Builtin = "builtin", "내장";
        Attribute = "attribute", "속성";
    }
}

lab::params! {
    /// 이름 하나를 거듭 읽음.
    pub struct Params {
        kind: Home = Home::Global, choice("이름의 종류");
        names: u64 = 100, int("사전마다 든 이름").unit("개")
            .range(1, 10_000).log();
        depth: u64 = 3, int("상속 깊이").unit("단").range(1, 8)
            .hint("속성일 때만 씀. 이름은 맨 위 클래스에 있음");
        accesses: u64 = 10_000, int("읽는 횟수").unit("번")
            .range(1, 1_000_000).log();
        cached: bool = true, flag("인라인 캐시");
        change_every: u64 = 100, int("이름 공간이 바뀌는 간격").unit("번")
            .range(0, 1_000_000).hint("0이면 바뀌지 않음");
    }
    check = |_: &Params, _: Scope| Ok(());
}

const TARGET: &str = "target";
/// 내장 이름의 수. CPython 3.14의 `builtins`와 비슷함.
const BUILTINS: u64 = 150;

fn key_of(name: &str) -> u64 {
    fnv1a(name.bytes())
}

/// 찾는 길에 놓인 사전 하나.
struct Namespace {
    label: String,
    dict: Dict,
}

impl Namespace {
    /// `prefix0`, `prefix1`, …과, 있으면 찾는 이름.
    fn new(label: &str, prefix: &str, count: u64, target: bool) -> Self {
        let mut dict = Dict::new(Rule::CPYTHON);
        for i in 0..count {
            dict.insert(key_of(&format!("{prefix}{i}")), |_| {});
        }
        if target {
            dict.insert(key_of(TARGET), |_| {});
        }
        Namespace { label: label.into(), dict }
    }
}

/// 이름을 읽는 자리: 찾는 길과, 캐시를 믿기 전에 볼 판 번호의 수.
pub struct Site {
    path: Vec<Namespace>,
    guards: u64,
}

impl Site {
    pub fn new(kind: Home, names: u64, depth: u64) -> Self {
        let (path, guards) = match kind {
            // 지역 이름은 컴파일할 때 번호가 정해짐
            Home::Local => (vec![], 0),
            Home::Global => {
                (vec![Namespace::new("전역", "g", names, true)], 1)
            }
            // 전역 사전이 그사이 같은 이름을 얻었는지도 봐야 함
            Home::Builtin => (
                vec![
                    Namespace::new("전역", "g", names, false),
                    Namespace::new("내장", "b", BUILTINS, true),
                ],
                2,
            ),
            // 타입의 판 번호 하나가 상속의 길 전체를 대신함
            Home::Attribute => (Self::attribute(names, depth), 2),
        };
        Site { path, guards }
    }

    /// 클래스를 아래에서 위로, 그다음 인스턴스가 가리는지도 봄.
    fn attribute(names: u64, depth: u64) -> Vec<Namespace> {
        let class = |i: u64| {
            let label = format!("클래스 {}", i + 1);
            match i + 1 == depth {
                true => Namespace::new(&label, "top_", names, true),
                false => {
                    Namespace::new(&label, &format!("c{i}_"), names, false)
                }
            }
        };
        let mut path: Vec<Namespace> = (0..depth).map(class).collect();
        path.push(Namespace::new("인스턴스", "a", names, false));
        path
    }
}

/// 읽는 동안 한 일.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// 사전에 물은 횟수.
    pub lookups: u64,
    /// 살펴본 인덱스 칸.
    pub probes: u64,
    /// 판 번호를 견준 횟수.
    pub checks: u64,
    /// 캐시를 다시 채운 횟수.
    pub refills: u64,
}

/// 얼마나, 어떻게 읽는가.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub times: u64,
    pub cached: bool,
    /// 0이면 바뀌지 않음.
    pub change_every: u64,
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Change,
    Check,
    Reuse,
    Search { table: usize, probes: u64 },
    Refill,
}

impl Site {
    // ANCHOR: kernel
    /// 이름을 `plan.times`번 읽음.
    pub fn read(
        &self,
        key: u64,
        plan: Plan,
        mut watch: impl FnMut(u64, Step),
    ) -> Work {
        let mut work = Work::default();
        let cached = plan.cached && self.guards > 0;
        let mut valid = false;
        for turn in 0..plan.times {
            if turn > 0 && turn.is_multiple_of(plan.change_every) {
                valid = false; // step: change
                watch(turn, Step::Change);
            }
            if cached {
                work.checks += self.guards; // step: check
                watch(turn, Step::Check);
            }
            if valid {
                watch(turn, Step::Reuse);
                continue; // step: reuse
            }
            for (table, space) in self.path.iter().enumerate() {
                let probes = probes(&space.dict, key); // step: search
                work.lookups += 1;
                work.probes += probes;
                watch(turn, Step::Search { table, probes });
            }
            if cached {
                work.refills += 1;
                valid = true; // step: refill
                watch(turn, Step::Refill);
            }
        }
        work
    }
    // ANCHOR_END: kernel

    /// 캐시 없이 한 번 읽는 일.
    fn once(&self) -> Work {
        let plan = Plan { times: 1, cached: false, change_every: 0 };
        self.read(key_of(TARGET), plan, |_, _| {})
    }
}

impl Params {
    fn site(&self, kind: Home) -> Site {
        Site::new(kind, self.names, self.depth)
    }

    fn plan(&self, cached: bool) -> Plan {
        let change_every = self.change_every;
        Plan { times: self.accesses, cached, change_every }
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "이름 읽기")?;
    let site = p.site(p.kind);
    let work = site.read(key_of(TARGET), p.plan(p.cached), |_, _| {});
    let baseline = p.accesses * site.once().probes;
    let Work { lookups, probes, checks, refills } = work;
    let replay = match p.kind {
        Home::Local => note(
            "지역 이름은 컴파일할 때 번호가 정해짐. 사전도 판 번호도 보지 \
             않으므로 재생할 단계가 없음",
        ),
        _ => View::Trace(replay(&site, p)),
    };
    Ok(Report::default()
        .answer("lookups", lookups)
        .answer("probes", probes)
        .answer("checks", checks)
        .answer("refills", refills)
        .answer("baseline_probes", baseline)
        .checksum(&[lookups, probes, checks, refills, baseline])
        .view(View::Table(summary(p)))
        .view(View::Chart(depth_chart(p, ctx)?))
        .view(View::Chart(change_chart(&site, p)))
        .view(replay))
}

/// Python 대응물이 잰 것의 이름.
const GLOBAL: &str = "전역";
const LOCAL: &str = "지역";

/// 파이썬 한 실행 안의 두 시간이라 비율을 말할 수 있음.
fn verdict(report: &Report) -> Verdict {
    let (Some(global), Some(local)) =
        (report.time(GLOBAL), report.time(LOCAL))
    else {
        return Verdict::pending_python();
    };
    let saved = (1.0 - local / global) * 100.0;
    let distance =
        |text: &str| (text.parse::<f64>().unwrap_or(0.0) - saved).abs();
    let choice = GUESSES
        .iter()
        .map(|(value, _)| *value)
        .min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let sentence = format!(
        "이 파이썬에서 한 번 읽기는 전역 {}, 지역 {}(반복문의 비용 포함). \
         두 띠가 겹치면 차이라고 부를 수 없음.",
        format::time(global),
        format::time(local)
    );
    let headline = format!("{}%", format::fixed(saved, 0));
    Verdict {
        choice: choice.map(str::to_owned),
        ..Verdict::number(headline, saved, sentence)
    }
}

const HOMES: [Home; 4] =
    [Home::Local, Home::Global, Home::Builtin, Home::Attribute];

fn summary(p: &Params) -> Table {
    let row = |kind: Home| {
        let site = p.site(kind);
        let key = key_of(TARGET);
        let plain = site.read(key, p.plan(false), |_, _| {});
        let quick = site.read(key, p.plan(true), |_, _| {});
        let each =
            |total: u64| Cell::fixed(total as f64 / p.accesses as f64, 3);
        vec![
            kind.label().into(),
            each(plain.lookups),
            each(plain.probes),
            each(quick.lookups),
            each(quick.probes),
            each(quick.checks),
        ]
    };
    Table {
        title: "한 번 읽는 데 든 일(평균)".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("이름의 종류"),
            Column::number("캐시 없이 조회", "번"),
            Column::number("캐시 없이 탐사", "번"),
            Column::number("캐시로 조회", "번"),
            Column::number("캐시로 탐사", "번"),
            Column::number("캐시로 판 번호 비교", "번"),
        ],
        rows: HOMES.map(row).into(),
    }
}

fn line(name: &str, points: Vec<(f64, f64)>) -> Series {
    Series {
        name: name.into(),
        shape: Shape::Line,
        points: points.into_iter().map(Into::into).collect(),
    }
}

fn depth_chart(p: &Params, ctx: &Ctx) -> Result<Chart, Failure> {
    let (mut plain, mut quick) = (Vec::new(), Vec::new());
    for depth in 1..=8 {
        ctx.progress(depth - 1, 8, "상속 깊이마다 읽기")?;
        let site = Site::new(Home::Attribute, p.names, depth);
        for (cached, points) in [(false, &mut plain), (true, &mut quick)] {
            let work = site.read(key_of(TARGET), p.plan(cached), |_, _| {});
            let mean = work.lookups as f64 / p.accesses as f64;
            points.push((depth as f64, mean));
        }
    }
    Ok(Chart {
        title: "속성: 상속이 깊어질 때의 사전 조회".into(),
        badge: Badge::Model,
        x: Axis::linear("상속 깊이", "단"),
        y: Axis::linear("한 번 읽을 때의 조회", "번"),
        series: vec![line("캐시 없음", plain), line("캐시 있음", quick)],
        marks: Vec::new(),
    })
}

/// 바뀌는 간격마다 한 주기의 평균.
fn change_chart(site: &Site, p: &Params) -> Chart {
    let points = |cached: bool| {
        let each = |change_every: u64| {
            let plan = Plan { times: change_every, cached, change_every };
            let work = site.read(key_of(TARGET), plan, |_, _| {});
            (change_every as f64, work.probes as f64 / change_every as f64)
        };
        (0..=12).map(|power| each(1 << power)).collect()
    };
    let now = (1..=4_096).contains(&p.change_every).then(|| Mark {
        axis: AxisName::X,
        at: p.change_every as f64,
        label: format!("지금 {}번", format::int(p.change_every)),
    });
    Chart {
        title: format!("{} 이름: 이름 공간이 자주 바뀌면", p.kind.label()),
        badge: Badge::Model,
        x: Axis::log("바뀌는 간격", "번"),
        y: Axis::linear("한 번 읽을 때의 탐사", "번"),
        series: vec![
            line("캐시 없음", points(false)),
            line("캐시 있음", points(true)),
        ],
        marks: now.into_iter().collect(),
    }
}

/// 재생이 보이는 읽기의 한도와, 줄인 간격.
const REPLAY_READS: u64 = 6;
const REPLAY_CHANGE: u64 = 3;

/// 재생의 읽기와 그 제목. 실행에서 바뀌는데 보이는 읽기보다 간격이 길면
/// 간격을 줄이고 그렇다고 말함.
fn replay_plan(p: &Params) -> (Plan, String) {
    let name = format!("{} 이름을", p.kind.label());
    let times = p.accesses.min(REPLAY_READS);
    let plan = Plan { times, ..p.plan(p.cached) };
    let every = p.change_every;
    if (times..p.accesses).contains(&every) {
        let plan = Plan { change_every: REPLAY_CHANGE, ..plan };
        let long = format::int(every);
        let short =
            format!("바뀌는 간격을 {long}번에서 {REPLAY_CHANGE}번으로");
        return (plan, format!("{name} {times}번 읽기: {short} 줄임"));
    }
    let some = if times < p.accesses { "처음 " } else { "" };
    (plan, format!("{name} {some}{times}번 읽기"))
}

fn replay(site: &Site, p: &Params) -> Trace {
    let (plan, title) = replay_plan(p);
    let mut frames: Vec<Frame> = Vec::new();
    let mut work = Work::default();
    // 읽기마다 살펴본 칸
    let mut spent = vec![0; plan.times as usize];
    // 견준 판 번호가 어떠했는가
    let mut found = "캐시가 아직 비었음";
    site.read(key_of(TARGET), plan, |turn, step| {
        let spent_now = &mut spent[turn as usize];
        let (tag, say) = match step {
            Step::Change => {
                found = "다름";
                ("change", "이름 공간에 이름이 늘어 판 번호가 바뀜".to_owned())
            }
            Step::Check => {
                work.checks += site.guards;
                ("check", format!("판 번호 {}개를 견줌: {found}", site.guards))
            }
            Step::Reuse => {
                ("reuse", "번호가 그대로임: 적어 둔 자리를 바로 읽음".into())
            }
            Step::Search { table, probes } => {
                work.lookups += 1;
                work.probes += probes;
                *spent_now += probes;
                let name = &site.path[table].label;
                ("search", format!("{name} 사전에 물음: {probes}칸을 봄"))
            }
            Step::Refill => {
                work.refills += 1;
                found = "같음";
                ("refill", "찾은 자리와 판 번호를 캐시에 적음".into())
            }
        };
        frames.push(Frame {
            step: tag.into(),
            say: format!("{}번째 읽기: {say}", turn + 1),
            counters: vec![
                ("사전 조회".into(), format!("{}번", work.lookups)),
                ("탐사".into(), format!("{}번", work.probes)),
                ("판 번호 비교".into(), format!("{}번", work.checks)),
            ],
            lanes: vec![path_lane(site, step), reads_lane(&spent, turn)],
            jumps: Vec::new(),
        });
    });
    Trace { title, badge: Badge::Model, frames }
}

/// 찾는 길에 놓인 사전. 지금 묻는 사전까지 칠함.
fn path_lane(site: &Site, step: Step) -> Lane {
    let tone = |i: usize| match step {
        Step::Search { table, .. } if i == table => Tone::Now,
        Step::Search { table, .. } if i < table => Tone::Seen,
        _ => Tone::Plain,
    };
    let cells = site.path.iter().enumerate().map(|(i, space)| LaneCell {
        at: i as u64,
        text: space.label.clone(),
        tone: tone(i),
    });
    Lane {
        label: "찾는 길".into(),
        size: site.path.len() as u64,
        cells: cells.collect(),
        group: 0,
    }
}

/// 읽기마다 살펴본 칸의 수.
fn reads_lane(spent: &[u64], turn: u64) -> Lane {
    let cells = (0..=turn).zip(spent).map(|(at, probes)| LaneCell {
        at,
        text: probes.to_string(),
        tone: if at == turn { Tone::Now } else { Tone::Seen },
    });
    Lane {
        label: "읽기마다 본 칸".into(),
        size: spent.len() as u64,
        cells: cells.collect(),
        group: 0,
    }
}

/// 재는 읽기들: 배열의 칸, 캐시, 그리고 길이 다른 세 가지 사전 찾기.
pub struct Reads {
    key: u64,
    /// 지역 변수의 칸.
    slots: Vec<u64>,
    /// 지금의 판 번호와 캐시에 적어 둔 것.
    version: u64,
    cache: (u64, usize),
    pub sites: [(&'static str, Site); 3],
}

impl Reads {
    pub fn new(names: u64, depth: u64) -> Self {
        let site = |kind| Site::new(kind, names, depth);
        Reads {
            key: key_of(TARGET),
            slots: (0..8).collect(),
            version: 1,
            cache: (1, 3),
            sites: [
                ("사전 하나(전역)", site(Home::Global)),
                ("사전 둘(내장)", site(Home::Builtin)),
                ("상속의 길(속성)", site(Home::Attribute)),
            ],
        }
    }

    /// 번호로 배열의 칸을 읽음.
    pub fn slot(&self, times: u64) -> u64 {
        (0..times).map(|_| self.slots[black_box(3)]).sum()
    }

    /// 판 번호를 견주고 칸을 읽음.
    pub fn cached(&self, times: u64) -> u64 {
        let read = |_| {
            let (version, at) = black_box(self.cache);
            if version == self.version { self.slots[at] } else { 0 }
        };
        (0..times).map(read).sum()
    }

    /// 길에 놓인 사전에 모두 물음. 이름을 찾은 횟수를 돌려줌.
    pub fn search(&self, site: &Site, times: u64) -> u64 {
        let found = |space: &Namespace| {
            let item = space.dict.find(black_box(self.key), |_| {});
            u64::from(item.is_some())
        };
        (0..times).map(|_| site.path.iter().map(found).sum::<u64>()).sum()
    }
}

/// 한 번에 재는 읽기의 수.
const BATCH: u64 = 1_000;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let reads = Reads::new(p.names, p.depth);
    let mut cases = vec![
        Case::new("배열의 칸(지역)", BATCH, || reads.slot(BATCH)),
        Case::new("판 번호와 칸(캐시)", BATCH, || reads.cached(BATCH)),
    ];
    for (name, site) in &reads.sites {
        cases.push(Case::new(name, BATCH, || reads.search(site, BATCH)));
    }
    compare(ctx, "Rust 모형으로 이름 읽기", "읽기 한 번", cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use lab::measure::{PythonSpread, PythonTiming, python_views};

    fn report(pairs: &[(&str, &str)]) -> Report {
        run_with("namespace_lookup", pairs)
    }

    /// 조회, 판 번호 비교, 캐시 채우기.
    fn counts(pairs: &[(&str, &str)]) -> [u64; 3] {
        let report = report(pairs);
        ["lookups", "checks", "refills"].map(|key| report.int(key).unwrap())
    }

    /// 10,000번 읽는 동안 100번마다 바뀜: 캐시는 100번만 채움.
    #[test]
    fn the_cache_is_filled_once_per_change() {
        assert_eq!(counts(&[]), [100, 10_000, 100]);
        let report = report(&[]);
        let probes = report.int("probes").unwrap();
        assert_eq!(report.int("baseline_probes"), Some(probes * 100));
    }

    #[test]
    fn what_one_read_costs_without_a_cache() {
        for (kind, depth, lookups) in [
            ("local", "3", 0),
            ("global", "3", 1),
            ("builtin", "3", 2),
            ("attribute", "1", 2),
            ("attribute", "8", 9),
        ] {
            let pairs = [
                ("kind", kind),
                ("depth", depth),
                ("cached", "false"),
                ("accesses", "10"),
            ];
            assert_eq!(counts(&pairs), [lookups * 10, 0, 0], "{kind}");
        }
    }

    #[test]
    fn guards_replace_the_path() {
        for (kind, guards) in
            [("local", 0), ("global", 1), ("builtin", 2), ("attribute", 2)]
        {
            let pairs =
                [("kind", kind), ("accesses", "1000"), ("change_every", "0")];
            let [_, checks, refills] = counts(&pairs);
            assert_eq!(checks, guards * 1_000, "{kind}");
            assert_eq!(refills, guards.min(1), "{kind}");
        }
    }

    /// 재생은 실행한 만큼만 읽고, 실행에서 바뀔 때만 바뀜.
    #[test]
    fn the_replay_follows_the_parameters() {
        let cut = "전역 이름을 6번 읽기: 바뀌는 간격을 100번에서 3번으로 줄임";
        for (accesses, every, title, reads, changes) in [
            ("10000", "100", cut, 6, 1),
            ("10000", "0", "전역 이름을 처음 6번 읽기", 6, 0),
            ("10000", "2", "전역 이름을 처음 6번 읽기", 6, 2),
            ("1", "100", "전역 이름을 1번 읽기", 1, 0),
            ("4", "3", "전역 이름을 4번 읽기", 4, 1),
            ("6", "100", "전역 이름을 6번 읽기", 6, 0),
            // 마지막까지 한 번도 바뀌지 않는 실행
            ("100", "100", "전역 이름을 처음 6번 읽기", 6, 0),
        ] {
            let pairs = [("accesses", accesses), ("change_every", every)];
            let report = report(&pairs);
            let View::Trace(trace) = &report.views[3] else { panic!() };
            let count = |step: &str| {
                trace.frames.iter().filter(|f| f.step == step).count()
            };
            assert_eq!(trace.title, title);
            assert_eq!(count("check"), reads, "{pairs:?}");
            assert_eq!(count("change"), changes, "{pairs:?}");
            for frame in &trace.frames {
                assert_eq!(frame.lanes[1].size, reads as u64, "{pairs:?}");
            }
        }
    }

    /// 이름은 길의 한 곳에만 있음: 재는 것들이 정말로 찾음.
    #[test]
    fn every_search_finds_the_name_once() {
        let reads = Reads::new(100, 8);
        for (name, site) in &reads.sites {
            assert_eq!(reads.search(site, 10), 10, "{name}");
        }
        assert_eq!(reads.slot(10), reads.cached(10));
    }

    #[test]
    fn the_prediction_compares_pythons_own_times() {
        let entry = crate::find("namespace_lookup");
        let mut report = report(&[]);
        assert_eq!(report.verdict, Some(verdict(&Report::default())));
        let timing = |name: &str, ns: f64| PythonTiming {
            name: name.into(),
            ns: PythonSpread { median: ns, p10: ns, p90: ns },
        };
        let times = [timing(LOCAL, 9.0), timing(GLOBAL, 10.0)];
        report.views.extend(python_views(&times));
        entry.judge(&mut report);
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.headline, "10%");
        assert_eq!(verdict.choice.as_deref(), Some("15"));
    }
}
