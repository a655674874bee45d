//! 레코드를 워커에게 나누는 세 방법: 해시, 범위, 소금. 누가 몇 개를 받는가.

use super::zipf::Zipf;
use lab::report::{
    Axis, AxisName, Badge, Cell, Chart, Column, Mark, Series, Shape, Table,
    Verdict,
};
use lab::rng::{SplitMix64, mix64};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 워커 16개 중 하나만 바쁜가?",
    prediction: Prediction {
        text: "레코드 100,000개의 열쇠는 1,000가지이고, k번째 열쇠는 첫째의 \
               1/k만큼 나옴. 열쇠의 해시로 워커 16개에 나누면, 가장 많이 받은 \
               워커는 평균의 몇 배를 받을까?",
        ask: Ask::Choices(RATIOS),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: None,
    python: Python::UpTo(&[("records", 200_000)]),
    bench: Bench::Group,
    memory_mib: 96,
};

const RATIOS: &[(&str, &str)] = &[
    ("1.1", "1.1배: 해시는 고르게 나눔"),
    ("1.5", "1.5배"),
    ("3", "3배"),
    ("16", "16배: 거의 다 한 워커에게"),
];

lab::choices! {
    /// 나누는 방법.
    pub enum Partition {
        Hash = "hash", "해시";
        Range = "range", "범위";
        Salted = "salted", "소금 친 해시";
    }
}

lab::params! {
    /// 레코드 `records`개를 열쇠로 나눔.
    pub struct Params {
        records: u64 = 100_000, int("레코드의 수").unit("개")
            .range(1_000, 500_000).log();
        keys: u64 = 1_000, int("열쇠의 가짓수").unit("개")
            .range(1, 100_000).log();
        zipf: u64 = 1, int("치우침").range(0, 2)
            .hint("0이면 모두 같은 무게, 1이면 k번째가 첫째의 1/k, 2이면 \
                   1/k²");
        peers: u64 = 16, int("워커").unit("개").range(1, 128);
        partition: Partition = Partition::Hash, choice("나누는 방법")
            .hint("막대 그림에 그릴 방법. 표는 셋을 모두 견줌");
        combine: bool = false, flag("보내기 전에 합치기")
            .hint("워커마다 같은 열쇠를 먼저 합쳐 하나로 보냄");
        salt: u64 = 8, int("소금").unit("조각").range(1, 64)
            .hint("열쇠 하나를 이만큼의 조각으로 갈라 보냄. 소금 친 해시만 씀");
    }
    check = |_: &Params, _: Scope| Ok(());
}

// ANCHOR: kernel
/// 레코드가 갈 곳. 소금은 같은 열쇠를 여러 조각으로 가름.
#[inline]
fn target(way: Partition, key: u64, grain: u64, p: &Params) -> u64 {
    match way {
        Partition::Range => key * p.peers / p.keys,
        // 첫 조각은 주인이 그대로 가짐
        Partition::Salted if grain > 0 => mix64(mix64(key) + grain) % p.peers,
        _ => mix64(key) % p.peers,
    }
}

/// 한 방법으로 나눈 결과.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shuffled {
    /// 워커마다 받은 레코드. 소금을 쳤으면 다시 모은 것도 더함.
    pub loads: Vec<u64>,
    /// 자기가 아닌 워커에게 간 레코드.
    pub moved: u64,
    /// 조각을 다시 모으느라 더 보낸 레코드. `loads`에도 들어 있음.
    pub again: u64,
}

/// 워커 `i % peers`가 `i`번째 레코드를 갖고 있다가 열쇠대로 보냄.
pub fn shuffle(keys: &[u64], way: Partition, p: &Params) -> Shuffled {
    let grains = if way == Partition::Salted { p.salt } else { 1 };
    let mut out =
        Shuffled { loads: vec![0; p.peers as usize], ..Shuffled::default() };
    let mut send = |from: u64, to: u64| {
        out.loads[to as usize] += 1;
        out.moved += u64::from(from != to);
    };
    // 한 워커가 이미 보낸 (열쇠, 조각)과, 누구든 보낸 것
    let slots = (p.keys * grains) as usize;
    let mut seen = Marks::new(slots);
    let mut pieces = Marks::new(slots);
    for from in 0..p.peers {
        seen.clear();
        let mine = keys.iter().skip(from as usize);
        for (turn, &key) in (0..).zip(mine.step_by(p.peers as usize)) {
            let grain = turn % grains;
            let slot = (key * grains + grain) as usize;
            pieces.set(slot);
            if p.combine && !seen.set(slot) {
                continue;
            }
            send(from, target(way, key, grain, p));
        }
    }
    // 가른 조각은 하나씩 주인에게 다시 보내야 답이 됨
    for slot in (0..slots as u64).filter(|slot| pieces.has(*slot)) {
        let (key, grain) = (slot / grains, slot % grains);
        if grain > 0 {
            send(target(way, key, grain, p), target(way, key, 0, p));
            out.again += 1;
        }
    }
    out
}
// ANCHOR_END: kernel

/// 비트 한 줄의 표시.
struct Marks(Vec<u64>);

impl Marks {
    fn new(n: usize) -> Self {
        Marks(vec![0; n.div_ceil(64)])
    }

    fn clear(&mut self) {
        self.0.fill(0);
    }

    /// 처음이면 참.
    fn set(&mut self, at: usize) -> bool {
        let (word, bit) = (&mut self.0[at / 64], 1 << (at % 64));
        let first = *word & bit == 0;
        *word |= bit;
        first
    }

    fn has(&self, at: u64) -> bool {
        self.0[(at / 64) as usize] >> (at % 64) & 1 == 1
    }
}

impl Shuffled {
    fn total(&self) -> u64 {
        self.loads.iter().sum()
    }

    fn heaviest(&self) -> u64 {
        self.loads.iter().copied().max().unwrap_or(0)
    }

    /// 가장 많이 받은 워커는 평균의 몇 배인가.
    fn skew(&self) -> f64 {
        let mean = self.total() as f64 / self.loads.len() as f64;
        self.heaviest() as f64 / mean
    }
}

/// 열쇠를 뽑음.
pub fn draw(p: &Params) -> Vec<u64> {
    let zipf = Zipf::new(p.keys, p.zipf);
    let mut rng = SplitMix64::new(42);
    (0..p.records).map(|_| zipf.draw(&mut rng)).collect()
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let keys = draw(p);
    let mut per_key = vec![0u64; p.keys as usize];
    keys.iter().for_each(|key| per_key[*key as usize] += 1);
    let top = per_key.iter().copied().max().unwrap_or(0);
    let mut ways = Vec::new();
    for (at, way) in (0..).zip(Partition::ALL) {
        ctx.progress(at, 4, "나누기")?;
        for combine in [false, true] {
            let p = Params { combine, ..p.clone() };
            ways.push((way, combine, shuffle(&keys, way, &p)));
        }
    }
    ctx.progress(3, 4, "소금의 수를 바꾸기")?;
    let mut salts = Vec::new();
    for power in 0..=6 {
        let p = Params { salt: 1 << power, ..p.clone() };
        salts.push((p.salt, shuffle(&keys, Partition::Salted, &p)));
    }
    let chosen = ways.iter().find(|(way, combine, _)| {
        *way == p.partition && *combine == p.combine
    });
    let chosen = chosen.map(|each| each.2.clone()).unwrap_or_default();
    let mut report = Report::default()
        .answer("top_key", top)
        .answer("max", chosen.heaviest())
        .answer("min", chosen.loads.iter().copied().min().unwrap_or(0))
        .answer("total", chosen.total())
        .answer("moved", chosen.moved)
        .answer("again", chosen.again);
    for (way, combine, each) in &ways {
        let how = if *combine { "_combined" } else { "" };
        let key = format!("max_{}{how}", way.value());
        report = report.answer(&key, each.heaviest());
    }
    let mut words = chosen.loads.clone();
    words.push(chosen.moved);
    Ok(report
        .checksum(&words)
        .view(View::Chart(bars(p, &chosen, top)))
        .view(View::Table(table(p, top, &ways)))
        .view(View::Chart(by_salt(p, &salts))))
}

/// 열쇠 하나를 가르지 않는 한 가장 바쁜 워커가 평균의 이 배보다 적을 수 없음.
fn bound(top: u64, p: &Params) -> f64 {
    (top * p.peers) as f64 / p.records as f64
}

fn verdict(report: &Report) -> Verdict {
    let p = Params::read(&report.params).unwrap_or_default();
    let int = |key: &str| report.int(key).unwrap_or(0);
    let mean = int("total") as f64 / p.peers as f64;
    let digits = usize::from(mean.fract() != 0.0);
    let ratio = int("max") as f64 / mean;
    let mut sentence = format!(
        "가장 많이 받은 워커는 {}개, 평균은 {}개임.",
        format::int(int("max")),
        format::fixed(mean, digits)
    );
    if !p.combine && p.partition != Partition::Salted {
        let (top, bound) = (int("top_key"), bound(int("top_key"), &p));
        let top = format::int(top);
        sentence.push_str(&match bound > 1.0 {
            true => format!(
                " 가장 무거운 열쇠 하나가 {top}개라, 가르지 않으면 {}배보다 \
                 고를 수 없음.",
                format::fixed(bound, 2)
            ),
            false => {
                format!(" 가장 무거운 열쇠도 {top}개라 공평한 몫을 넘지 않음.")
            }
        });
    }
    Verdict::ratio(RATIOS, ratio, sentence)
}

fn bars(p: &Params, chosen: &Shuffled, top: u64) -> Chart {
    let mut loads = chosen.loads.clone();
    loads.sort_unstable_by(|a, b| b.cmp(a));
    let mean = chosen.total() as f64 / p.peers as f64;
    let points = (1..).zip(&loads);
    let points = points
        .map(|(at, load): (u32, &u64)| (f64::from(at), *load as f64).into());
    let mut marks =
        vec![Mark { axis: AxisName::Y, at: mean, label: "평균".into() }];
    if !p.combine && p.partition != Partition::Salted {
        marks.push(Mark {
            axis: AxisName::Y,
            at: top as f64,
            label: "가장 무거운 열쇠 하나".into(),
        });
    }
    Chart {
        title: format!("{}: 많이 받은 워커부터", p.partition.label()),
        badge: Badge::Exact,
        x: Axis::linear("워커, 많이 받은 차례", "째"),
        y: Axis::linear("받은 레코드", "개"),
        series: vec![Series {
            name: "받은 레코드".into(),
            shape: Shape::Bar,
            points: points.collect(),
        }],
        marks,
    }
}

fn table(p: &Params, top: u64, ways: &[(Partition, bool, Shuffled)]) -> Table {
    let rows = ways.iter().map(|(way, combine, each)| {
        let mut name = way.label().to_owned();
        if *way == Partition::Salted {
            name = format!("{name} {}조각", p.salt);
        }
        if *combine {
            name.push_str(", 합쳐서");
        }
        vec![
            name.into(),
            each.heaviest().into(),
            Cell::fixed(each.skew(), 2),
            each.total().into(),
            each.moved.into(),
            each.again.into(),
        ]
    });
    Table {
        title: format!(
            "가장 무거운 열쇠는 {}개: 가르지도 합치지도 않으면 {}배가 한계",
            format::int(top),
            format::fixed(bound(top, p).max(1.0), 2)
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("가장 많이 받음", "개"),
            Column::number("평균의", "배"),
            Column::number("받은 것 모두", "개"),
            Column::number("남에게 간 것", "개"),
            Column::number("다시 모은 것", "개"),
        ],
        rows: rows.collect(),
    }
}

fn by_salt(p: &Params, salts: &[(u64, Shuffled)]) -> Chart {
    let series = |name: &str, value: &dyn Fn(&Shuffled) -> f64| Series {
        name: name.into(),
        shape: Shape::Line,
        points: salts
            .iter()
            .map(|(salt, each)| (*salt as f64, value(each)).into())
            .collect(),
    };
    let records = p.records as f64;
    let how = if p.combine {
        "합쳐서 보낼 때"
    } else {
        "그대로 보낼 때"
    };
    Chart {
        title: format!("소금을 더 치면, {how}"),
        badge: Badge::Exact,
        x: Axis::log("소금", "조각"),
        y: Axis::linear("배수", "배"),
        series: vec![
            series("가장 바쁜 워커 ÷ 공평한 몫", &|each| {
                (each.heaviest() * p.peers) as f64 / records
            }),
            series("받은 것 모두 ÷ 레코드", &|each| {
                each.total() as f64 / records
            }),
        ],
        marks: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    fn params(peers: u64, salt: u64, combine: bool) -> Params {
        Params { keys: 10, peers, salt, combine, ..Params::default() }
    }

    /// 열쇠 하나가 무거운 여섯 레코드를 두 워커에: 손으로 센 것.
    #[test]
    fn six_records_by_hand() {
        let keys = [0, 0, 0, 0, 0, 9];
        let p = params(2, 1, false);
        // 범위: 0–4는 0번, 5–9는 1번. 0번이 갖고 있던 것은 짝수째
        let shuffled = shuffle(&keys, Partition::Range, &p);
        assert_eq!(shuffled.loads, [5, 1]);
        assert_eq!(shuffled.moved, 2);
        // 합치면 두 워커가 0을 하나씩, 1번이 9를 하나
        let p = params(2, 1, true);
        let shuffled = shuffle(&keys, Partition::Range, &p);
        assert_eq!(shuffled.loads, [2, 1]);
        assert_eq!(shuffled.moved, 1);
    }

    #[test]
    fn nothing_is_lost_and_pieces_are_gathered_once() {
        let p = Params { records: 5_000, ..Params::default() };
        let keys = draw(&p);
        for way in Partition::ALL {
            let shuffled = shuffle(&keys, way, &p);
            assert_eq!(shuffled.total(), 5_000 + shuffled.again);
            assert!(shuffled.again <= p.keys * p.salt);
            assert_eq!(shuffled.again > 0, way == Partition::Salted);
        }
    }

    #[test]
    fn one_grain_of_salt_is_the_hash() {
        let p = Params { salt: 1, records: 5_000, ..Params::default() };
        let keys = draw(&p);
        let [hash, salted] = [Partition::Hash, Partition::Salted]
            .map(|way| shuffle(&keys, way, &p));
        assert_eq!(hash, salted);
    }

    /// 진짜 엔진의 exchange가 같은 워커에게 같은 수를 보냄.
    #[cfg(feature = "clusters")]
    #[test]
    fn the_engine_delivers_the_same_loads() {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicU64, Ordering};

        use timely::Config;
        use timely::dataflow::operators::{Exchange, Inspect, ToStream};

        let p = Params { peers: 3, records: 2_000, ..Params::default() };
        let keys = draw(&p);
        for way in Partition::ALL {
            let grains = if way == Partition::Salted { p.salt } else { 1 };
            let (inner, given) = (p.clone(), keys.clone());
            let guards = timely::execute(Config::process(3), move |worker| {
                let mine = given.iter().copied().skip(worker.index());
                let mine: Vec<(u64, u64)> =
                    mine.step_by(3).zip((0..grains).cycle()).collect();
                let p = inner.clone();
                let load = Arc::new(AtomicU64::new(0));
                let tally = Arc::clone(&load);
                worker.dataflow::<u64, _, _>(move |scope| {
                    let sent = mine
                        .to_stream(scope)
                        .container::<Vec<(u64, u64)>>()
                        .exchange(move |(key, grain)| {
                            target(way, *key, *grain, &p)
                        });
                    Inspect::<_, Vec<(u64, u64)>>::inspect(sent, move |_| {
                        tally.fetch_add(1, Ordering::Relaxed);
                    });
                });
                load
            });
            let loads = guards.unwrap().join();
            let loads: Vec<u64> = loads
                .into_iter()
                .map(|load| load.unwrap().load(Ordering::Relaxed))
                .collect();
            let shuffled = shuffle(&keys, way, &p);
            // 다시 모은 것은 그다음 단계임
            assert_eq!(loads.iter().sum::<u64>(), p.records);
            if shuffled.again == 0 {
                assert_eq!(loads, shuffled.loads, "{way:?}");
            }
        }
    }

    /// 해시는 열쇠를 고르게 나누지, 레코드를 고르게 나누지 않음.
    #[test]
    fn the_default_answer_is_about_three() {
        let report = run_with("shuffle_skew", &[]);
        let int = |key: &str| report.int(key).unwrap();
        assert_eq!(int("total"), 100_000);
        assert!(int("max") >= int("top_key"));
        let verdict = report.verdict.as_ref().unwrap();
        assert_eq!(verdict.choice.as_deref(), Some("3"));
        // 1 / H(1000) = 13.36%
        assert!((13_000..13_700).contains(&int("top_key")));
        let even = run_with("shuffle_skew", &[("zipf", "0")]);
        let even = even.verdict.unwrap();
        assert_eq!(even.choice.as_deref(), Some("1.1"));
        // 134개가 한계일 수는 없음
        assert!(even.sentence.ends_with("134개라 공평한 몫을 넘지 않음."));
    }

    #[test]
    fn salt_and_combining_flatten_the_load() {
        let report = run_with("shuffle_skew", &[]);
        let int = |key: &str| report.int(key).unwrap();
        assert!(int("max_salted") < int("max_hash"));
        assert!(int("max_hash_combined") < int("max_salted"));
        assert!(int("max_range") > int("max_hash"));
    }
}
