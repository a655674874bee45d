//! 예산 안에 담기: 사건의 열마다 담는 방법을 골라 바이트를 셈하고, 재어 둔
//! 시간으로 물음에 답하는 빠르기를 어림함.
//!
//! 바이트는 64비트 CPython 3.11–3.13의 것임.

use std::collections::BTreeMap;

use serde::Deserialize;

use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Series, Shape, Table,
    Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 같은 데이터가 어떤 표현에서는 예산 안에 들어가는가?",
    prediction: Prediction {
        text: "사건 1,000만 건(시각, 사용자 100만 명, 종류 10가지)을 담는 \
               방법이 72가지임. 200 MiB 안에 드는 것은 몇 가지일까?",
        ask: Ask::Number { unit: "가지" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::Same,
    bench: Bench::None(
        "정수로 셈하는 결정 연습이라 잴 것이 없음: 시간은 \
         data/lessons_memory.py가 재어 둔 것을 씀",
    ),
    memory_mib: 64,
};

lab::choices! {
    /// 시각 열: 밀리초, 2^40쯤의 정수.
    pub enum Time {
        List = "list", "정수의 리스트";
        ArrayQ = "array_q", "array('q'), 8바이트";
        ArrayI = "array_i", "첫 시각과의 차이, array('I')";
        File = "file", "파일에서 조각씩";
    }
}

lab::choices! {
    /// 사용자 열: 2^30보다 작은 번호.
    pub enum User {
        List = "list", "정수의 리스트";
        ArrayI = "array_i", "array('I'), 4바이트";
        File = "file", "파일에서 조각씩";
    }
}

lab::choices! {
    /// 종류 열: 이름 열 가지.
    pub enum Kind {
        List = "list", "글의 리스트";
        Codes = "codes", "번호로 바꾼 bytes";
        File = "file", "파일에서 조각씩";
    }
}

lab::choices! {
    /// 본 사용자: 몇 명인지, 이 사용자가 왔는지에 답함.
    pub enum Seen {
        Set = "set", "셋(정확)";
        Sketch = "sketch", "블룸 필터와 HLL(어림)";
    }
}

lab::params! {
    /// 사건들과 예산, 그리고 고른 표현.
    pub struct Params {
        events: u64 = 10_000_000, int("사건").unit("건")
            .range(100_000, 100_000_000).log();
        users: u64 = 1_000_000, int("서로 다른 사용자").unit("명")
            .range(1_000, 10_000_000).log();
        budget_mib: u64 = 200, int("예산").unit("MiB").range(1, 8_192).log();
        time: Time = Time::List, choice("시각");
        user: User = User::List, choice("사용자");
        kind: Kind = Kind::List, choice("종류");
        seen: Seen = Seen::Set, choice("본 사용자");
    }
    check = check;
}

fn check(p: &Params, _: Scope) -> Result<(), Failure> {
    if p.users > p.events {
        return Err(Failure::param(
            "users",
            format!(
                "서로 다른 사용자(users)의 값 '{}': 사건의 수 {}보다 많을 \
                 수 없음. 1,000–{}명 범위여야 함",
                p.users,
                format::int(p.events),
                format::int(p.events)
            ),
        ));
    }
    Ok(())
}

/// 표현 하나를 열마다 고른 것.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub time: Time,
    pub user: User,
    pub kind: Kind,
    pub seen: Seen,
}

impl Plan {
    pub fn all() -> Vec<Plan> {
        let mut all = Vec::new();
        for time in Time::ALL {
            for user in User::ALL {
                for kind in Kind::ALL {
                    for seen in Seen::ALL {
                        all.push(Plan { time, user, kind, seen });
                    }
                }
            }
        }
        all
    }

    fn label(self) -> String {
        let Plan { time, user, kind, seen } = self;
        let time = match time {
            Time::List => "리스트",
            Time::ArrayQ => "array\u{a0}q",
            Time::ArrayI => "array\u{a0}I",
            Time::File => "파일",
        };
        let user = match user {
            User::List => "리스트",
            User::ArrayI => "array\u{a0}I",
            User::File => "파일",
        };
        let kind = match kind {
            Kind::List => "리스트",
            Kind::Codes => "번호",
            Kind::File => "파일",
        };
        let seen = match seen {
            Seen::Set => "셋",
            Seen::Sketch => "어림",
        };
        halves([time, user, kind, seen])
    }
}

/// 넷을 늘어놓은 이름. 좁은 칸에서는 가운데에서만 줄이 나뉨.
fn halves([a, b, c, d]: [&str; 4]) -> String {
    const DOT: &str = "\u{a0}·\u{a0}";
    format!("{a}{DOT}{b}\u{a0}· {c}{DOT}{d}")
}

const LIST: u64 = 56;
const POINTER: u64 = 8;
/// 정수 객체: 28이나 32바이트, 할당은 16바이트 단위라 둘 다 32.
const INT: u64 = 32;
const ARRAY: u64 = 80;
const BYTES: u64 = 33;
/// 종류의 이름 하나: 3.11에서 한글 셋짜리 글 객체와 그 할당.
const NAME: u64 = 80;
/// 파일에서 한 번에 읽어 두는 조각.
const CHUNK: u64 = 1 << 20;
const SET: u64 = 216;
const SET_SLOT: u64 = 16;
/// 키 하나에 10비트면 거짓 양성이 1%쯤임.
const BLOOM_BITS: u64 = 10;
/// 2^14개의 1바이트 레지스터: 표준 오차 0.81%.
const REGISTERS: u64 = 1 << 14;

// ANCHOR: kernel
/// 열마다의 바이트: 시각, 사용자, 종류, 본 사용자.
pub fn bytes(plan: Plan, events: u64, users: u64) -> [u64; 4] {
    let time = match plan.time {
        Time::List => LIST + (POINTER + INT) * events,
        Time::ArrayQ => ARRAY + 8 * events,
        Time::ArrayI => ARRAY + 4 * events,
        Time::File => CHUNK,
    };
    let user = match plan.user {
        User::List => LIST + (POINTER + INT) * events,
        User::ArrayI => ARRAY + 4 * events,
        User::File => CHUNK,
    };
    let kind = match plan.kind {
        // 같은 이름은 객체 하나를 같이 가리킴
        Kind::List => LIST + POINTER * events + 10 * NAME,
        Kind::Codes => BYTES + events + 10 * NAME,
        Kind::File => CHUNK + 10 * NAME,
    };
    // 리스트에 이미 있는 정수 객체는 셋이 같이 가리킴
    let held = match plan.user {
        User::List => 0,
        User::ArrayI | User::File => INT * users,
    };
    let seen = match plan.seen {
        Seen::Set => SET + SET_SLOT * set_slots(users) + held,
        Seen::Sketch => BYTES + users * BLOOM_BITS / 8 + REGISTERS,
    };
    [time, user, kind, seen]
}

/// 원소를 하나씩 넣은 셋의 슬롯. 60%가 차면 이사함.
pub fn set_slots(items: u64) -> u64 {
    let mut slots: u64 = 8;
    loop {
        let full = ((slots - 1) * 3).div_ceil(5);
        if full > items {
            return if slots == 8 { 0 } else { slots };
        }
        let wanted = if full > 50_000 { full * 2 } else { full * 4 };
        slots = (wanted + 1).next_power_of_two();
    }
}

/// 다른 계획보다 크지도 느리지도 않은 것들, 작은 것부터.
fn front(plans: &[(u64, u64)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..plans.len()).collect();
    order.sort_by_key(|i| (plans[*i], *i));
    let mut best = u64::MAX;
    order.retain(|i| {
        let better = plans[*i].1 < best;
        best = best.min(plans[*i].1);
        better
    });
    order
}
// ANCHOR_END: kernel

/// `data/lessons_memory.py`가 남긴 기록. 사건 하나의 ps.
#[derive(Debug, Deserialize)]
struct Recorded {
    machine: String,
    python: String,
    date: String,
    command: String,
    what: String,
    costs: BTreeMap<String, u64>,
}

const RECORDED: &str =
    include_str!("../../data/measured/lessons_memory_costs.json");

impl Recorded {
    fn load() -> Result<Self, Failure> {
        serde_json::from_str(RECORDED).map_err(|error| {
            Failure::Unavailable(format!("기록을 읽지 못함: {error}"))
        })
    }

    fn cost(&self, column: &str, way: impl Param) -> Result<u64, Failure> {
        let name = format!("{column}/{}", way.value());
        self.costs.get(&name).copied().ok_or_else(|| {
            Failure::Unavailable(format!("{name}: 기록이 없음"))
        })
    }

    /// 사건 하나의 ps: 열을 한 번씩 훑고 사용자를 본 것에 넣음.
    fn time(&self, plan: Plan) -> Result<u64, Failure> {
        Ok(self.cost("time", plan.time)?
            + self.cost("user", plan.user)?
            + self.cost("kind", plan.kind)?
            + self.cost("seen", plan.seen)?)
    }
}

const MIB: u64 = 1 << 20;

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let recorded = Recorded::load()?;
    let plans = Plan::all();
    let size =
        |plan: Plan| -> u64 { bytes(plan, p.events, p.users).iter().sum() };
    let budget = p.budget_mib * MIB;
    let mine = Plan { time: p.time, user: p.user, kind: p.kind, seen: p.seen };
    let parts = bytes(mine, p.events, p.users);
    let fits = |plan: &&Plan| size(**plan) <= budget;
    let fitting = plans.iter().filter(fits).count() as u64;
    let exact = |plan: &&Plan| plan.seen == Seen::Set;
    let fitting_exact = plans.iter().filter(fits).filter(exact).count() as u64;
    let smallest = plans.iter().map(|plan| size(*plan)).min().unwrap_or(0);
    let points: Vec<(u64, u64)> = plans
        .iter()
        .map(|plan| Ok((size(*plan), recorded.time(*plan)?)))
        .collect::<Result<_, Failure>>()?;
    let total: u64 = parts.iter().sum();
    let words = [
        parts[0],
        parts[1],
        parts[2],
        parts[3],
        fitting,
        fitting_exact,
        smallest,
    ];
    let Recorded { machine, python, date, command, what, .. } = &recorded;
    Ok(Report::default()
        .answer("time_bytes", parts[0])
        .answer("user_bytes", parts[1])
        .answer("kind_bytes", parts[2])
        .answer("seen_bytes", parts[3])
        .answer("total", total)
        .answer("fitting", fitting)
        .answer("fitting_exact", fitting_exact)
        .answer("smallest", smallest)
        .checksum(&words)
        .view(View::Table(chosen(p, mine, parts)))
        .view(View::Table(changes(p, &recorded, mine)?))
        .view(View::Chart(map(&plans, &points, mine, budget)))
        .view(View::Table(frontier(&plans, &points, budget)))
        .view(note(format!(
            "빠르기는 {machine}, 파이썬 {python}에서 {date}에 잰 기록으로 \
             어림한 것임: {what} ({command})"
        ))))
}

fn verdict(report: &Report) -> Verdict {
    let int = |key| report.int(key).unwrap_or(0);
    let p = Params::read(&report.params).unwrap_or_default();
    let fitting = int("fitting");
    let sentence = format!(
        "{} MiB 안에 드는 것은 72가지 가운데 {fitting}가지이고, 그 가운데 \
         정확한 것은 {}가지임. 고른 표현은 {}임.",
        format::int(p.budget_mib),
        int("fitting_exact"),
        format::bytes(int("total"))
    );
    Verdict::number(format!("{fitting}가지"), fitting as f64, sentence)
}

fn chosen(p: &Params, plan: Plan, parts: [u64; 4]) -> Table {
    let total: u64 = parts.iter().sum();
    let row = |name: &str, way: &str, bytes: u64| {
        vec![
            name.into(),
            way.into(),
            Cell::fixed(bytes as f64 / MIB as f64, 1),
            Cell::fixed(bytes as f64 / p.events as f64, 2),
        ]
    };
    let fits = match total <= p.budget_mib * MIB {
        true => "예산 안",
        false => "예산을 넘음",
    };
    Table {
        title: "고른 표현의 크기".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("열"),
            Column::text("담는 방법"),
            Column::number("크기", "MiB"),
            Column::number("사건 하나에", "바이트"),
        ],
        rows: vec![
            row("시각", plan.time.label(), parts[0]),
            row("사용자", plan.user.label(), parts[1]),
            row("종류", plan.kind.label(), parts[2]),
            row("본 사용자", plan.seen.label(), parts[3]),
            row("합", fits, total),
        ],
    }
}

/// 고른 표현에서 바꾼 것마다의 크기와 시간.
fn changes(
    p: &Params,
    recorded: &Recorded,
    mine: Plan,
) -> Result<Table, Failure> {
    let flat = Plan {
        time: Time::ArrayI,
        user: User::ArrayI,
        kind: Kind::Codes,
        ..mine
    };
    let files =
        Plan { time: Time::File, user: User::File, kind: Kind::File, ..mine };
    let plans = [
        ("고른 그대로", mine),
        ("시각만 array('I')로", Plan { time: Time::ArrayI, ..mine }),
        ("사용자만 array('I')로", Plan { user: User::ArrayI, ..mine }),
        ("종류만 번호로", Plan { kind: Kind::Codes, ..mine }),
        ("본 사용자만 어림으로", Plan { seen: Seen::Sketch, ..mine }),
        ("세 열을 배열로", flat),
        ("세 열을 파일에 둠", files),
        ("배열과 어림", Plan { seen: Seen::Sketch, ..flat }),
    ];
    let before = recorded.time(mine)?.max(1) as f64;
    let rows = plans.into_iter().map(|(name, plan)| {
        let size: u64 = bytes(plan, p.events, p.users).iter().sum();
        let fits = if size <= p.budget_mib * MIB { "듦" } else { "넘음" };
        Ok(vec![
            name.into(),
            Cell::fixed(size as f64 / MIB as f64, 1),
            Cell::fixed(recorded.time(plan)? as f64 / before, 2),
            fits.into(),
        ])
    });
    Ok(Table {
        title: "바꾼 것마다의 크기와 시간".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text("바꾼 것"),
            Column::number("크기", "MiB"),
            Column::number("시간(그대로가 1)", "배"),
            Column::text("예산"),
        ],
        rows: rows.collect::<Result<_, Failure>>()?,
    })
}

/// 가장 빠른 계획을 1로 놓은 시간.
fn relative(points: &[(u64, u64)]) -> impl Fn(usize) -> f64 {
    let fastest = points.iter().map(|(_, ps)| *ps).min().unwrap_or(1);
    let times: Vec<f64> = points
        .iter()
        .map(|(_, ps)| *ps as f64 / fastest.max(1) as f64)
        .collect();
    move |i| times[i]
}

fn map(
    plans: &[Plan],
    points: &[(u64, u64)],
    mine: Plan,
    budget: u64,
) -> Chart {
    let time = relative(points);
    let series = |name: &str, test: &dyn Fn(&Plan) -> bool| Series {
        name: name.into(),
        shape: Shape::Dot,
        points: (0..plans.len())
            .filter(|i| test(&plans[*i]))
            .map(|i| (points[i].0 as f64 / MIB as f64, time(i)).into())
            .collect(),
    };
    let other =
        |seen: Seen| move |plan: &Plan| plan.seen == seen && *plan != mine;
    Chart {
        title: "72가지의 크기와 시간".into(),
        badge: Badge::Model,
        x: Axis::log("크기", "MiB"),
        y: Axis::log("시간(가장 빠른 것이 1)", "배"),
        series: vec![
            series("정확", &other(Seen::Set)),
            series("어림", &other(Seen::Sketch)),
            series("고른 표현", &|plan| *plan == mine),
        ],
        marks: vec![Mark {
            axis: AxisName::X,
            at: budget as f64 / MIB as f64,
            label: "예산".into(),
        }],
    }
}

fn frontier(plans: &[Plan], points: &[(u64, u64)], budget: u64) -> Table {
    let time = relative(points);
    let row = |i: usize| {
        vec![
            plans[i].label().into(),
            Cell::fixed(points[i].0 as f64 / MIB as f64, 1),
            Cell::fixed(time(i), 2),
            if points[i].0 <= budget { "듦" } else { "넘음" }.into(),
        ]
    };
    Table {
        title: "더 작으면서 더 빠른 것이 없는 표현".into(),
        badge: Badge::Model,
        columns: vec![
            Column::text(&halves([
                "시각",
                "사용자",
                "종류",
                "본\u{a0}사용자",
            ])),
            Column::number("크기", "MiB"),
            Column::number("시간", "배"),
            Column::text("예산"),
        ],
        rows: front(points).into_iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    const LISTS: Plan = Plan {
        time: Time::List,
        user: User::List,
        kind: Kind::List,
        seen: Seen::Set,
    };

    /// 손으로: 40·10^7 + 40·10^7 + 8·10^7, 셋은 2^21칸.
    #[test]
    fn lists_of_ten_million_events() {
        let [time, user, kind, seen] = bytes(LISTS, 10_000_000, 1_000_000);
        assert_eq!(time, 400_000_056);
        assert_eq!(user, 400_000_056);
        assert_eq!(kind, 80_000_856);
        assert_eq!(seen, 216 + 16 * 2_097_152);
        let report = run_with("case_memory_budget", &[]);
        assert_eq!(report.int("total"), Some(time + user + kind + seen));
    }

    /// 4장의 표: 5개에 32칸, 19개에 128칸, 1,229개에 8,192칸.
    #[test]
    fn sets_grow_as_in_chapter_four() {
        let rows = [
            (4, 0),
            (5, 32),
            (18, 32),
            (19, 128),
            (76, 128),
            (77, 512),
            (1_228, 2_048),
            (1_229, 8_192),
        ];
        for (items, slots) in rows {
            assert_eq!(set_slots(items), slots, "{items}");
        }
    }

    #[test]
    fn a_set_holds_the_ids_itself_without_a_list() {
        let flat = Plan { user: User::ArrayI, ..LISTS };
        let at = |plan| bytes(plan, 1_000_000, 50_000)[3];
        assert_eq!(at(flat) - at(LISTS), 32 * 50_000);
    }

    #[test]
    fn the_front_has_no_plan_that_is_worse_in_both() {
        assert_eq!(
            front(&[(5, 5), (1, 9), (2, 9), (3, 4), (9, 1)]),
            [1, 3, 4]
        );
        assert_eq!(Plan::all().len(), 72);
    }

    #[test]
    fn the_default_budget_admits_some() {
        let report = run_with("case_memory_budget", &[]);
        let fitting = report.int("fitting").unwrap();
        let verdict = report.verdict.unwrap();
        assert_eq!(verdict.number, Some(fitting as f64));
        assert_eq!(fitting, 33);
        let all = [("budget_mib", "8192")];
        assert_eq!(
            run_with("case_memory_budget", &all).int("fitting"),
            Some(72)
        );
    }

    /// 페이지의 파이썬이 읽는 것과 같은 기록이어야 함.
    #[test]
    fn the_python_copy_is_the_same() {
        let recorded = Recorded::load().unwrap();
        let python = include_str!("memory_costs.py");
        let mut rows = 0;
        for line in python.lines() {
            let Some((name, ps)) = line.trim().split_once("\": ") else {
                continue;
            };
            let ps = ps.trim_end_matches(',').replace('_', "");
            let name = name.trim_start_matches('"');
            assert_eq!(recorded.costs[name].to_string(), ps, "{name}");
            rows += 1;
        }
        assert_eq!(rows, recorded.costs.len());
    }

    #[test]
    fn more_users_than_events_are_refused() {
        let table = Params::table();
        let pairs = [("events", "100000"), ("users", "200000")];
        assert!(table.parse(pairs, Scope::Native).is_err());
    }
}
