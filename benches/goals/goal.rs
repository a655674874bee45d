//! 목표 하나를 재고 판정함.

use std::hint::black_box;
use std::time::Instant;

use cpu_time::ThreadTime;
use rust_lab::lab::format::significant;
use rust_lab::lab::measure::{paired_ratio, quantile};
use serde::Serialize;

use crate::machine::Watch;
use crate::peer::Peer;

/// 받아들일 판의 수, 이보다 적으면 판정하지 않는 수, 해 볼 판의 수.
const ROUNDS: usize = 11;
const FEWEST: usize = 7;
const TRIES: usize = 22;
/// 표본 하나가 쓰는 CPU 시간은 적어도 이만큼, ns.
const SAMPLE_NS: f64 = 50e6;
/// 여러 스레드의 표본: 10 ms마다 세는 운영체제의 수와 견주려면 길어야 함.
const PARALLEL_SAMPLE_NS: f64 = 300e6;
/// 벽시계의 이만큼은 CPU를 쓰고 있어야 조용한 판임.
const QUIET: f64 = 0.9;

/// 한 번 부르면 `items`개를 처리하고, 모든 쪽이 같아야 하는 답을 냄.
/// 부른 스레드에서만 일해야 함: 그 스레드의 CPU 시간을 잼.
/// 느린 쪽이 [`Slow::OneThread`]일 때만 여러 스레드를 쓸 수 있음.
pub type Work = Box<dyn FnMut() -> u64>;

/// 준비는 재지 않음. 매개변수는 항목의 수.
pub type Setup = fn(u64) -> Work;

/// 목표를 재는 빌드.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// 기본 빌드: x86-64라면 SSE2까지.
    Base,
    /// `-C target-cpu=native`.
    Cpu,
}

impl Build {
    /// 이 프로그램의 빌드.
    pub fn this() -> Build {
        match cfg!(target_feature = "avx2") {
            true => Build::Cpu,
            false => Build::Base,
        }
    }
}

pub struct Goal {
    /// 파이썬 쪽이 `goals/<장>.py`에 있음.
    pub chapter: &'static str,
    /// 거르는 말이자 파이썬 함수의 이름.
    pub name: &'static str,
    pub title: &'static str,
    /// 느린 쪽의 시간을 빠른 쪽의 시간으로 나눈 값의 목표. 1보다 작으면
    /// 빠른 쪽이 더 걸려도 되는 한도임: 10%까지면 `1.0 / 1.10`.
    pub at_least: f64,
    pub items: u64,
    /// 빠른 쪽들. 저마다 느린 쪽과 견줌.
    pub fast: &'static [(&'static str, Setup)],
    /// 목표와 견주지 않고 곁에 보이는 것: 같은 일을 다른 조건에서.
    pub aside: &'static [(&'static str, Setup)],
    pub slow: (&'static str, Slow),
}

#[derive(Clone, Copy)]
pub enum Slow {
    /// 목표와 이름이 같은 파이썬 함수.
    Python,
    /// NumPy를 쓰는 파이썬 함수. NumPy가 없으면 건너뜀.
    NumPy,
    /// numba로 컴파일하는 파이썬 함수. numba가 없으면 건너뜀.
    Numba,
    Rust(Setup),
    /// 한 스레드로 하는 같은 일. 빠른 쪽이 여러 스레드를 쓰므로 벽시계로
    /// 견주고, 그동안 다른 일이 돌지 않은 판만 받아들임.
    OneThread(Setup),
}

/// 번갈아 재는 한쪽.
enum Side<'a> {
    Rust(Work),
    Python(&'a mut Peer),
}

/// 표본 하나: 항목들에 든 시간, ns.
#[derive(Clone, Copy)]
pub struct Spent {
    pub cpu: f64,
    pub wall: f64,
}

impl Spent {
    fn is_quiet(self) -> bool {
        self.cpu >= QUIET * self.wall
    }
}

impl Side<'_> {
    fn sample(&mut self, times: u64) -> Result<Spent, String> {
        let work = match self {
            Side::Rust(work) => work,
            Side::Python(peer) => return peer.time(times),
        };
        let (wall, cpu) = (Instant::now(), ThreadTime::now());
        for _ in 0..times {
            black_box(work());
        }
        let (cpu, wall) = (cpu.elapsed(), wall.elapsed());
        Ok(Spent { cpu: cpu.as_nanos() as f64, wall: wall.as_nanos() as f64 })
    }
}

/// 준비가 끝나고 답이 같음을 확인한 쪽들. 느린 쪽이 마지막임.
pub struct Sides<'a>(Vec<Side<'a>>);

/// 판에서 쓰는 표본.
struct Sample {
    /// CPU 시간. 여러 스레드면 벽시계.
    ns: f64,
    /// 다른 일에 방해받지 않았는가.
    calm: bool,
}

impl Goal {
    fn is_parallel(&self) -> bool {
        matches!(self.slow.1, Slow::OneThread(_))
    }

    fn sample_ns(&self) -> f64 {
        if self.is_parallel() { PARALLEL_SAMPLE_NS } else { SAMPLE_NS }
    }

    fn sample(&self, side: &mut Side, times: u64) -> Result<Sample, String> {
        if !self.is_parallel() {
            let spent = side.sample(times)?;
            return Ok(Sample { ns: spent.cpu, calm: spent.is_quiet() });
        }
        let watch = Watch::start();
        let spent = side.sample(times)?;
        let ns = spent.wall;
        Ok(Sample { ns, calm: watch.was_alone(ns) })
    }

    pub fn id(&self) -> String {
        format!("{}/{}", self.chapter, self.name)
    }

    /// 느린 쪽을 맡을 것이 없으면 그 까닭.
    pub fn missing<'a>(
        &self,
        peer: &'a Result<Peer, String>,
    ) -> Option<&'a str> {
        match (self.slow.1, peer) {
            (Slow::Rust(_) | Slow::OneThread(_), _) => None,
            (_, Err(why)) => Some(why),
            (Slow::NumPy, Ok(Peer { numpy: None, .. })) => {
                Some("NumPy를 불러오지 못함")
            }
            (Slow::Numba, Ok(Peer { numba: None, .. })) => {
                Some("numba를 불러오지 못함")
            }
            _ => None,
        }
    }

    /// 모든 쪽을 준비하고 한 번씩 돌려 답을 견줌. 예열이기도 함.
    pub fn open<'a>(
        &self,
        items: u64,
        peer: Option<&'a mut Peer>,
    ) -> Result<Sides<'a>, String> {
        let mut sides = Vec::new();
        let mut answers = Vec::new();
        let mut add = |mut work: Work| {
            answers.push(work());
            sides.push(Side::Rust(work));
        };
        for (_, setup) in self.ours() {
            add(setup(items));
        }
        match (self.slow.1, peer) {
            (Slow::Rust(setup) | Slow::OneThread(setup), _) => {
                add(setup(items));
            }
            (_, Some(peer)) => {
                answers.push(peer.open(self.chapter, self.name, items)?);
                sides.push(Side::Python(peer));
            }
            (_, None) => return Err("파이썬이 없음".into()),
        }
        if answers.iter().any(|answer| *answer != answers[0]) {
            return Err(format!("{}: 답이 서로 다름: {answers:?}", self.id()));
        }
        Ok(Sides(sides))
    }

    /// 조용한 판이 모일 때까지 모든 쪽을 번갈아 잼.
    pub fn measure(&self, sides: &mut Sides) -> Result<Vec<Row>, String> {
        let mut batches = Vec::new();
        for side in &mut sides.0 {
            let mut times = 1;
            while self.sample(side, times)?.ns < self.sample_ns() {
                times *= 2;
            }
            batches.push(times);
        }
        let (mut quiet, mut noisy) = (Vec::new(), Vec::new());
        while quiet.len() < ROUNDS && quiet.len() + noisy.len() < TRIES {
            let round = sides
                .0
                .iter_mut()
                .zip(&batches)
                .map(|(side, times)| self.sample(side, *times))
                .collect::<Result<Vec<Sample>, String>>()?;
            let calm = round.iter().all(|sample| sample.calm);
            if calm { &mut quiet } else { &mut noisy }.push(round);
        }
        let rounds =
            Rounds { accepted: quiet.len(), tried: quiet.len() + noisy.len() };
        // 조용한 판이 모자라면 무엇이 나왔는지라도 보임
        let used = if quiet.len() < FEWEST {
            quiet.extend(noisy);
            quiet
        } else {
            quiet
        };
        let samples = |side: usize| -> Vec<f64> {
            let items = (self.items * batches[side]) as f64;
            used.iter().map(|round| round[side].ns / items).collect()
        };
        let slow = samples(self.ours().count());
        let row = |(side, (name, _)): (usize, &(&'static str, Setup))| {
            let fast = samples(side);
            let ratio = paired_ratio(&fast, &slow);
            let pairs = fast.iter().zip(&slow).map(|(a, b)| b / a).collect();
            Row {
                chapter: self.chapter,
                name: self.name,
                title: self.title,
                at_least: self.at_least,
                items: self.items,
                fast: Spread::new(name, fast),
                slow: Spread::new(self.slow.0, slow.clone()),
                unit: "ns",
                ratio: Spread::new("비", pairs),
                interval: [ratio.low, ratio.high],
                rounds,
                verdict: match side < self.fast.len() {
                    true => {
                        verdict(self.at_least, [ratio.low, ratio.high], rounds)
                    }
                    false => "참고".into(),
                },
            }
        };
        Ok(self.ours().enumerate().map(row).collect())
    }

    fn ours(&self) -> impl Iterator<Item = &'static (&'static str, Setup)> {
        self.fast.iter().chain(self.aside)
    }
}

#[derive(Clone, Copy, Serialize)]
pub struct Rounds {
    accepted: usize,
    tried: usize,
}

/// 95% 구간이 목표의 어느 쪽에 있는가.
fn verdict(goal: f64, [low, high]: [f64; 2], rounds: Rounds) -> String {
    let Rounds { accepted, tried } = rounds;
    if accepted < FEWEST {
        format!("판정 보류: 조용한 판 {accepted}/{tried}")
    } else if low >= goal {
        "달성".into()
    } else if high < goal {
        "미달".into()
    } else {
        "판정 보류: 구간이 목표에 걸침".into()
    }
}

/// 이름과 퍼짐. 시간이면 항목 하나의 CPU 시간, 여러 스레드면 벽시계, ns.
#[derive(Serialize)]
pub struct Spread {
    name: &'static str,
    median: f64,
    p10: f64,
    p90: f64,
}

impl Spread {
    fn new(name: &'static str, mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |q| quantile(&samples, q);
        Spread { name, median: at(0.5), p10: at(0.1), p90: at(0.9) }
    }

    fn text(&self, unit: &str) -> String {
        let [median, p10, p90] =
            [self.median, self.p10, self.p90].map(significant);
        format!("{median}{unit} ({p10}–{p90})")
    }

    fn inverse(&self) -> Self {
        Spread {
            name: self.name,
            median: 1.0 / self.median,
            p10: 1.0 / self.p90,
            p90: 1.0 / self.p10,
        }
    }
}

/// 이름과, 판마다 잰 항목 하나의 ns.
pub type Timed = (&'static str, Vec<f64>);

/// 빠른 쪽 하나를 느린 쪽과 견준 결과.
#[derive(Serialize)]
pub struct Row {
    pub chapter: &'static str,
    name: &'static str,
    title: &'static str,
    at_least: f64,
    items: u64,
    fast: Spread,
    slow: Spread,
    /// 두 쪽의 단위: 항목 하나의 ns나, 쥐고 있는 바이트.
    unit: &'static str,
    ratio: Spread,
    /// 비의 중앙값의 부트스트랩 95% 구간.
    interval: [f64; 2],
    rounds: Rounds,
    pub verdict: String,
}

impl Row {
    /// 판마다 짝지은 두 쪽: 빠른 쪽, 느린 쪽.
    pub fn new(
        chapter: &'static str,
        name: &'static str,
        title: &'static str,
        at_least: f64,
        (fast, ours): Timed,
        (slow, theirs): Timed,
    ) -> Self {
        let ratio = paired_ratio(&ours, &theirs);
        let interval = [ratio.low, ratio.high];
        let pairs = ours.iter().zip(&theirs).map(|(a, b)| b / a).collect();
        let rounds = Rounds { accepted: ours.len(), tried: ours.len() };
        Row {
            chapter,
            name,
            title,
            at_least,
            items: 1,
            fast: Spread::new(fast, ours),
            slow: Spread::new(slow, theirs),
            unit: "ns",
            ratio: Spread::new("비", pairs),
            interval,
            rounds,
            verdict: verdict(at_least, interval, rounds),
        }
    }

    /// 바이트를 견준 것: 잴 때마다 같으므로 판이 하나임.
    pub fn bytes(
        chapter: &'static str,
        name: &'static str,
        title: &'static str,
        at_least: f64,
        (small, ours): (&'static str, u64),
        (large, theirs): (&'static str, u64),
    ) -> Self {
        let (ours, theirs) = (ours as f64, theirs as f64);
        let reached = theirs / ours >= at_least;
        let row = Row::new(
            chapter,
            name,
            title,
            at_least,
            (small, vec![ours]),
            (large, vec![theirs]),
        );
        let verdict = if reached { "달성" } else { "미달" };
        Row { unit: "바이트", verdict: verdict.into(), ..row }
    }

    pub fn wish(&self) -> String {
        let goal = match self.is_limit() {
            true => format!("{}배 이하", significant(1.0 / self.at_least)),
            false => format!("{}배 이상", significant(self.at_least)),
        };
        format!("{}\n{}: {goal}", self.title, self.name)
    }

    /// 한도는 더 걸린 시간의 비로 뒤집어 말함.
    fn is_limit(&self) -> bool {
        self.at_least < 1.0
    }

    pub fn seen(&self) -> String {
        let unit = format!(" {}", self.unit);
        let time =
            |side: &Spread| format!("{} {}", side.name, side.text(&unit));
        let ratio = match self.is_limit() {
            true => self.ratio.inverse().text("배"),
            false => self.ratio.text("배"),
        };
        format!("{ratio}\n{}\n{}", time(&self.fast), time(&self.slow))
    }
}
