//! 몇 종류인가: 서로 다른 값의 수를 적은 메모리로 어림함.
//!
//! 출처: 선형 세기는 Whang, Vander-Zanden, Taylor (1990), 로그로그는 Durand와
//! Flajolet (2003), 하이퍼로그로그는 Flajolet, Fusy, Gandouet, Meunier
//! (2007), KMV는 Bar-Yossef 외 (2002)의 식을 따름.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher};

use hyperloglogplus::{HyperLogLog, HyperLogLogPlus};

use super::counting::{Heap, held};
use super::heap;
use super::numbers::BitSet;
use lab::checksum::{fnv, fnv1a};
use lab::measure::{Case, compare, quantile};
use lab::report::{
    Answer, Axis, AxisName, Badge, Cell, Chart, Column, Frame, Image, Lane,
    LaneCell, Mark, Palette, Point, Raster, Series, Shape, Table, Tone, Trace,
    Verdict,
};
use lab::rng::mix64;
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Param, Prediction, Python, Report,
    Scope, View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 16KB로 수억 개의 서로 다른 값을 셀 수 있는가?",
    prediction: Prediction {
        text: "레지스터를 고르는 비트 p를 2 올려 메모리를 네 배로 늘리면 \
               오차는 몇 배가 될까?",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::UpTo(&[("n", 200_000), ("dup", 5)]),
    bench: Bench::Group,
    memory_mib: 64,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "그대로"),
    ("0.71", "0.7배"),
    ("0.5", "절반"),
    ("0.25", "4분의 1"),
];

lab::choices! {
    /// 세는 방법.
    pub enum Method {
        Set = "set", "모두 모으기";
        Linear = "linear", "선형 세기";
        LogLog = "loglog", "로그로그";
        Hll = "hll", "하이퍼로그로그";
        Kmv = "kmv", "KMV";
    }
}

lab::params! {
    /// 0부터 n − 1까지를 해시로 흩뿌린 흐름.
    pub struct Params {
        n: u64 = 100_000, int("서로 다른 값의 수").unit("개")
            .browser(10, 1_000_000).native(10, 100_000_000).log();
        dup: u64 = 1, int("같은 값이 나오는 횟수").unit("번").range(1, 100);
        method: Method = Method::Hll, choice("오차를 볼 방법");
        p: u32 = 12, int("레지스터를 고르는 비트(p)").unit("비트")
            .range(4, 16).hint("레지스터는 2^p개, 하나에 1바이트");
        k: u64 = 256, int("KMV가 지니는 해시(k)").unit("개").range(8, 4_096);
        trials: u64 = 20, int("해시를 바꿔 되풀이").unit("번").range(1, 200)
            .hint("첫 번은 씨앗 0. 파이썬은 세 번까지만 견줌");
    }
    check = check;
}

fn check(p: &Params, scope: Scope) -> Result<(), Failure> {
    let most = scope.pick(30_000_000, 4_000_000_000);
    let adds = p.n * (p.dup + p.trials - 1);
    if adds > most {
        return Err(Failure::param(
            "trials",
            format!(
                "되풀이(trials)의 값 '{}': 모두 {}번 넣게 됨. n × (dup + \
                 trials − 1)이 {} 이하여야 함",
                p.trials,
                format::int(adds),
                format::int(most)
            ),
        ));
    }
    Ok(())
}

/// 씨앗마다 다른 해시. 씨앗 0은 `mix64` 그대로임.
#[inline]
pub fn salted(x: u64, salt: u64) -> u64 {
    match salt {
        0 => mix64(x),
        _ => mix64(x ^ mix64(salt)),
    }
}

/// 커널이 지나가는 순간. 이름은 원본의 `// step:` 표시와 같음.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// 해시의 위쪽 비트가 가리키는 레지스터와 나머지의 순위.
    Split { index: u64, rank: u8 },
    /// 레지스터를 올림.
    Raise { index: u64, from: u8 },
    /// 레지스터가 이미 크거나 같음.
    Keep { index: u64 },
    /// 가장 큰 것보다 크므로 버림.
    Far,
    /// 이미 있는 해시임.
    Same { at: usize },
    /// 끼워 넣음. 넘치면 가장 큰 것을 버림.
    Insert { at: usize, dropped: bool },
}

// ANCHOR: kernel
/// 하이퍼로그로그: 레지스터마다 본 순위 가운데 가장 큰 것.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hll {
    pub p: u32,
    pub registers: Vec<u8>,
}

impl Hll {
    pub fn new(p: u32) -> Self {
        Hll { p, registers: vec![0; 1 << p] }
    }

    /// 위쪽 p비트가 레지스터를 고르고, 나머지에서 처음 1이 나온 자리가
    /// 순위임. 순위 r이 나올 확률은 2^−r.
    #[inline]
    pub fn add(&mut self, hash: u64, mut watch: impl FnMut(Step)) {
        let index = hash >> (64 - self.p); // step: split
        // 나머지가 모두 0이어도 순위는 64 − p + 1에서 멈춤
        let rest = (hash << self.p) | (1 << (self.p - 1));
        let rank = rest.leading_zeros() as u8 + 1;
        watch(Step::Split { index, rank });
        let register = &mut self.registers[index as usize];
        if rank > *register {
            watch(Step::Raise { index, from: *register });
            *register = rank; // step: raise
        } else {
            watch(Step::Keep { index }); // step: keep
        }
    }

    /// 두 흐름을 합친 것은 레지스터마다 큰 쪽임. p가 같아야 함.
    pub fn merge(&mut self, other: &Hll) -> bool {
        if self.p != other.p {
            return false;
        }
        for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *mine = (*mine).max(*theirs);
        }
        true
    }

    /// 조화 평균으로 어림한 것: α m² / Σ 2^−M.
    pub fn raw(&self) -> f64 {
        // 2^64을 곱한 정수로 더하면 차례와 무관하게 정확함
        let part = |rank: &u8| 1u128 << (64 - rank);
        let sum: u128 = self.registers.iter().map(part).sum();
        let m = self.registers.len() as f64;
        alpha(self.p) * m * m * TWO_64 / sum as f64
    }

    /// 작을 때는 빈 레지스터의 비율로 셈. 로그가 들어감.
    pub fn estimate(&self) -> f64 {
        let (m, zeros) = (self.registers.len() as f64, self.zeros() as f64);
        let raw = self.raw();
        match raw <= 2.5 * m && zeros > 0.0 {
            true => m * (m / zeros).ln(),
            false => raw,
        }
    }
}

/// KMV: 서로 다른 해시 가운데 가장 작은 k개.
#[derive(Clone, Debug)]
pub struct Kmv {
    k: usize,
    pub smallest: Vec<u64>,
}

impl Kmv {
    pub fn new(k: u64) -> Self {
        Kmv { k: k as usize, smallest: Vec::with_capacity(k as usize + 1) }
    }

    #[inline]
    pub fn add(&mut self, hash: u64, mut watch: impl FnMut(Step)) {
        let full = self.smallest.len() == self.k;
        if full && hash > self.smallest[self.k - 1] {
            return watch(Step::Far); // step: far
        }
        match self.smallest.binary_search(&hash) {
            Ok(at) => watch(Step::Same { at }), // step: same
            Err(at) => {
                self.smallest.insert(at, hash); // step: insert
                self.smallest.truncate(self.k);
                watch(Step::Insert { at, dropped: full });
            }
        }
    }

    /// k번째로 작은 해시가 0과 1 사이의 어디에 있는가로 어림함.
    pub fn estimate(&self) -> f64 {
        match self.smallest.get(self.k - 1) {
            Some(kth) => {
                let place = (*kth as f64 + 1.0) / TWO_64;
                (self.k as f64 - 1.0) / place
            }
            // 다 차지 않았으면 본 것이 전부임
            None => self.smallest.len() as f64,
        }
    }
}
// ANCHOR_END: kernel

const TWO_64: f64 = 18_446_744_073_709_551_616.0;

/// 원래 논문의 보정 상수.
fn alpha(p: u32) -> f64 {
    match p {
        4 => 0.673,
        5 => 0.697,
        6 => 0.709,
        _ => 0.7213 / (1.0 + 1.079 / (1u64 << p) as f64),
    }
}

impl Hll {
    pub fn zeros(&self) -> u64 {
        self.registers.iter().filter(|rank| **rank == 0).count() as u64
    }

    /// 로그로그: 같은 레지스터의 산술 평균으로 어림한 것. 보이기만 함.
    pub fn loglog(&self) -> f64 {
        let m = self.registers.len() as f64;
        let sum: u64 = self.registers.iter().map(|r| u64::from(*r)).sum();
        0.397_01 * m * (sum as f64 / m).exp2()
    }

    /// 표준 오차, 참값에 대한 비.
    pub fn sigma(p: u32) -> f64 {
        1.04 / ((1u64 << p) as f64).sqrt()
    }
}

/// 선형 세기: 해시가 고른 비트를 켜고 꺼진 비율로 셈.
#[derive(Clone, Debug)]
pub struct Linear {
    bits: u32,
    set: BitSet,
    zeros: u64,
}

impl Linear {
    /// 비트 2^`bits`개.
    pub fn new(bits: u32) -> Self {
        Linear { bits, set: BitSet::new(bits), zeros: 1 << bits }
    }

    #[inline]
    pub fn add(&mut self, hash: u64) {
        let index = hash >> (64 - self.bits);
        if !self.set.contains(index) {
            self.set.insert(index);
            self.zeros -= 1;
        }
    }

    /// 꺼진 비트가 없으면 어림할 수 없음.
    pub fn estimate(&self) -> Option<f64> {
        let m = (1u64 << self.bits) as f64;
        (self.zeros > 0).then(|| m * (m / self.zeros as f64).ln())
    }
}

impl Linear {
    /// 꺼진 비트가 하나도 남지 않을 만큼 넣으면 넘치므로 오차가 없음.
    pub fn sigma(bits: u32, n: u64) -> Option<f64> {
        let m = (1u64 << bits) as f64;
        let load = n as f64 / m;
        let sigma = (load.exp() - load - 1.0).sqrt() / (load * m.sqrt());
        (m * (-load).exp() >= 1.0).then_some(sigma)
    }
}

impl Kmv {
    /// k번째로 작은 해시. 다 차지 않았으면 0.
    pub fn kth(&self) -> u64 {
        self.smallest.get(self.k - 1).copied().unwrap_or(0)
    }

    /// 값이 많으면 1 / √(k − 2). k보다 적으면 모두 지니므로 0임.
    pub fn sigma(k: u64, n: u64) -> f64 {
        let left = (n + 1).saturating_sub(k) as f64;
        (left / (n as f64 * (k as f64 - 2.0))).sqrt()
    }
}

/// 우리 해시를 그대로 넘겨 크레이트와 레지스터까지 견주게 함.
#[derive(Clone, Copy)]
pub struct AsIs;

pub struct AsIsHasher(u64);

impl BuildHasher for AsIs {
    type Hasher = AsIsHasher;

    fn build_hasher(&self) -> AsIsHasher {
        AsIsHasher(0)
    }
}

impl Hasher for AsIsHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type Plus = HyperLogLogPlus<u64, AsIs>;

/// p는 매개변수의 범위가 4–16을 지킴.
fn plus(p: u32) -> Result<Plus, Failure> {
    HyperLogLogPlus::new(p as u8, AsIs)
        .map_err(|error| Failure::Unavailable(error.to_string()))
}

/// 한 흐름을 함께 보는 구조들.
struct Sketches {
    hll: Hll,
    /// 같은 흐름을 p가 2 다른 레지스터로.
    other: Hll,
    linear: Linear,
    kmv: Kmv,
    plus: Plus,
}

impl Sketches {
    fn add(&mut self, hash: u64) {
        self.hll.add(hash, |_| {});
        self.other.add(hash, |_| {});
        self.linear.add(hash);
        self.kmv.add(hash, |_| {});
        self.plus.insert(&hash);
    }
}

impl Sketches {
    fn new(p: &Params) -> Result<Self, Failure> {
        Ok(Sketches {
            hll: Hll::new(p.p),
            other: Hll::new(other_p(p.p)),
            linear: Linear::new(linear_bits(p.p)),
            kmv: Kmv::new(p.k),
            plus: plus(p.p)?,
        })
    }

    /// 참값 `n`에 대한 상대 오차. 어림하지 못하면 `None`.
    fn error(&self, method: Method, n: u64) -> Option<f64> {
        let seen = match method {
            Method::Set => n as f64,
            Method::Linear => self.linear.estimate()?,
            Method::LogLog => self.hll.loglog(),
            Method::Hll => self.hll.estimate(),
            Method::Kmv => self.kmv.estimate(),
        };
        Some(relative(seen, n))
    }
}

fn relative(seen: f64, n: u64) -> f64 {
    seen / n as f64 - 1.0
}

/// 견줄 p: 둘 크게, 범위의 끝에서는 둘 작게.
fn other_p(p: u32) -> u32 {
    if p <= 14 { p + 2 } else { p - 2 }
}

/// 레지스터와 같은 바이트를 비트로 쓰는 선형 세기.
fn linear_bits(p: u32) -> u32 {
    p + 3
}

/// 오차의 곡선에서 흐름을 들여다보는 순간.
fn checkpoints(n: u64) -> Vec<u64> {
    let octave = |o: u32| [9, 11, 13, 16].map(|q| (n * q / 16) >> o);
    let mut all: Vec<u64> = (0..8).rev().flat_map(octave).collect();
    all.retain(|at| *at > 0);
    all.dedup();
    all
}

/// 한 순간의 상대 오차, 시도마다.
#[derive(Default)]
struct Moment {
    raw: Vec<f64>,
    hll: Vec<f64>,
    plus: Vec<f64>,
}

/// 모든 시도에서 얻은 것.
struct Trials {
    first: Sketches,
    frames: Vec<Raster>,
    /// 시도마다 세 번째까지의 레지스터의 지문.
    prints: Vec<u64>,
    /// 방법마다, 시도마다의 상대 오차.
    errors: Vec<(Method, Vec<f64>)>,
    plus: Vec<f64>,
    other: Vec<f64>,
    moments: Vec<(u64, Moment)>,
}

/// 진행을 알리는 간격.
const REPORT_EVERY: u64 = 1 << 16;
/// 파이썬이 견주는 시도의 수.
const COMPARED: u64 = 3;

fn trials(p: &Params, ctx: &Ctx) -> Result<Trials, Failure> {
    let stops = checkpoints(p.n);
    let mut moments: Vec<(u64, Moment)> =
        stops.iter().map(|at| (*at, Moment::default())).collect();
    let mut errors: Vec<(Method, Vec<f64>)> =
        Method::ALL.map(|method| (method, Vec::new())).into();
    let (mut plus, mut other) = (Vec::new(), Vec::new());
    let (mut prints, mut frames, mut first) = (Vec::new(), Vec::new(), None);
    let total = p.n * p.trials;
    for salt in 0..p.trials {
        let mut all = Sketches::new(p)?;
        let mut next = 0;
        for x in 0..p.n {
            if x.is_multiple_of(REPORT_EVERY) {
                ctx.progress(salt * p.n + x, total, "흐름 보기")?;
            }
            all.add(salted(x, salt));
            if stops.get(next) == Some(&(x + 1)) {
                let (n, moment) = &mut moments[next];
                moment.raw.push(relative(all.hll.raw(), *n));
                moment.hll.push(relative(all.hll.estimate(), *n));
                moment.plus.push(relative(all.plus.count(), *n));
                next += 1;
            }
            if salt == 0 && shoots(p.n, x + 1) {
                frames.push(shoot(&all.hll, x + 1));
            }
        }
        // 같은 값이 또 와도 달라지지 않음을 첫 흐름에서 실제로 해 봄
        for again in 0..(p.dup - 1) * p.n * u64::from(salt == 0) {
            if again.is_multiple_of(REPORT_EVERY) {
                ctx.progress(again, p.dup * p.n, "같은 값 다시 보기")?;
            }
            all.add(salted(again % p.n, salt));
        }
        for (method, errors) in &mut errors {
            errors.extend(all.error(*method, p.n));
        }
        plus.push(relative(all.plus.count(), p.n));
        other.push(relative(all.other.estimate(), p.n));
        if salt < COMPARED {
            prints.push(fnv1a(all.hll.registers.iter().copied()));
        }
        if salt == 0 {
            first = Some(all);
        }
    }
    let Some(first) = first else {
        return Err(Failure::Unavailable("시도가 없음".into()));
    };
    Ok(Trials { first, frames, prints, errors, plus, other, moments })
}

/// 레지스터 그림을 남기는 순간: 2^12분의 1, 2^8분의 1, 16분의 1, 끝.
fn shoots(n: u64, seen: u64) -> bool {
    [12, 8, 4, 0].iter().any(|power| seen == (n >> power).max(1))
}

/// 색이 나타내는 가장 큰 순위.
const HOT: u8 = 20;

fn shoot(hll: &Hll, seen: u64) -> Raster {
    let colour = |rank: &u8| (255 * u16::from((*rank).min(HOT)) / 20) as u8;
    let pixels: Vec<u8> = hll.registers.iter().map(colour).collect();
    Raster::new(format!("{}개", format::int(seen)), &pixels)
}

/// 제곱평균제곱근.
fn rms(errors: &[f64]) -> f64 {
    let squares = errors.iter().map(|error| error * error);
    (squares.sum::<f64>() / errors.len() as f64).sqrt()
}

fn near(value: f64) -> Answer {
    Answer::Near { value, tolerance: 1e-3 }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    let seen = trials(p, ctx)?;
    let (hll, kmv) = (&seen.first.hll, &seen.first.kmv);
    let registers = fnv1a(hll.registers.iter().copied());
    let top = hll.registers.iter().copied().max().unwrap_or(0);
    Ok(Report::default()
        .answer("registers", registers)
        .answer("zeros", hll.zeros())
        .answer("max_rank", u64::from(top))
        .answer("hll", near(hll.estimate()))
        .answer("kmv_kth", kmv.kth())
        .answer("kmv", near(kmv.estimate()))
        .answer("salted", fnv(&seen.prints))
        .checksum(&[registers, kmv.kth()])
        .view(View::Table(summary(p, &seen)))
        .view(View::Table(precision(p, &seen)))
        .view(histogram(p, &seen))
        .view(View::Chart(curve(p, &seen)))
        .view(View::Image(picture(p, seen.frames)))
        .view(View::Trace(replay_hll()))
        .view(View::Trace(replay_kmv())))
}

/// 정밀도 표의 제목: 예측의 정답이 이 표에서 나옴.
const PRECISION: &str = "레지스터의 수와 오차";

fn verdict(report: &Report) -> Verdict {
    let table = report.views.iter().find_map(|view| match view {
        View::Table(table) if table.title == PRECISION => Some(table),
        _ => None,
    });
    let value = |row: usize, column: usize| {
        table.and_then(|table| table.rows.get(row)?.get(column)?.value)
    };
    let part = |column| Some((value(0, column)?, value(1, column)?));
    let Some(((few, many), (seen, more))) = part(2).zip(part(3)) else {
        return Verdict::pending();
    };
    let text = |x: f64| format!("{}%", format::significant(x));
    let sentence = format!(
        "이론의 σ는 {}에서 {}로 줆. 실험의 오차는 {}와 {}임.",
        text(few),
        text(many),
        text(seen),
        text(more)
    );
    Verdict::ratio(GUESSES, many / few, sentence)
}

/// 백분율의 칸. 어림하지 못했으면 까닭.
fn signed(value: Option<f64>) -> Cell {
    match value {
        Some(x) => Cell { text: sign(100.0 * x), value: Some(100.0 * x) },
        None => "넘침".into(),
    }
}

fn sign(percent: f64) -> String {
    let text = format::fixed(percent, 2);
    // 반올림해 0이 된 것에는 부호가 없음
    let plus = percent > 0.0 && text != format::fixed(0.0, 2);
    if plus { format!("+{text}") } else { text }
}

/// 이론의 상대 오차. 넘쳐서 어림할 수 없으면 `None`.
fn sigma(method: Method, p: &Params) -> Option<f64> {
    Some(match method {
        Method::Set => 0.0,
        Method::Linear => return Linear::sigma(linear_bits(p.p), p.n),
        Method::LogLog => 1.30 / ((1u64 << p.p) as f64).sqrt(),
        Method::Hll => Hll::sigma(p.p),
        Method::Kmv => Kmv::sigma(p.k, p.n),
    })
}

fn bytes(method: Method, p: &Params) -> u64 {
    match method {
        Method::Set => 8 * p.n,
        Method::Kmv => 8 * p.k,
        _ => 1 << p.p,
    }
}

fn summary(p: &Params, seen: &Trials) -> Table {
    let row = |name: &str, bytes: u64, sigma: Option<f64>, errors: &[f64]| {
        // 시도 가운데 하나라도 넘쳤으면 오차를 말할 수 없음
        let whole = errors.len() as u64 == p.trials;
        let first = errors.first().copied().filter(|_| whole);
        let count = first.map(|error| (1.0 + error) * p.n as f64);
        vec![
            name.into(),
            Cell::from(bytes),
            count.map_or("넘침".into(), |count| Cell::fixed(count, 1)),
            signed(first),
            sigma.map_or("넘침".into(), |x| Cell::fixed(100.0 * x, 2)),
            match whole {
                true => Cell::fixed(100.0 * rms(errors), 2),
                false => "넘침".into(),
            },
        ]
    };
    let mut rows: Vec<Vec<Cell>> = seen
        .errors
        .iter()
        .map(|(method, errors)| {
            let sigma = sigma(*method, p);
            row(method.label(), bytes(*method, p), sigma, errors)
        })
        .collect();
    // 6비트 레지스터 다섯 개를 4바이트에
    let packed = 4 * (1u64 << p.p).div_ceil(5);
    let name = "hyperloglogplus";
    rows.push(row(name, packed, Some(Hll::sigma(p.p)), &seen.plus));
    Table {
        title: format!(
            "서로 다른 값 {}개를 세기: 씨앗 0과 시도 {}번",
            format::int(p.n),
            p.trials
        ),
        badge: Badge::Exact,
        columns: vec![
            Column::text("방법"),
            Column::number("알맹이", "바이트"),
            Column::number("센 수", "개"),
            Column::number("오차", "%"),
            Column::number("이론의 σ", "%"),
            Column::number("실험의 오차(rms)", "%"),
        ],
        rows,
    }
}

fn precision(p: &Params, seen: &Trials) -> Table {
    let hll = &seen.errors[Method::Hll as usize].1;
    let mut rows = [(p.p, hll), (other_p(p.p), &seen.other)];
    rows.sort_by_key(|(p, _)| *p);
    let row = |(p, errors): (u32, &Vec<f64>)| {
        vec![
            u64::from(p).into(),
            (1u64 << p).into(),
            Cell::fixed(100.0 * Hll::sigma(p), 3),
            Cell::fixed(100.0 * rms(errors), 3),
        ]
    };
    Table {
        title: PRECISION.into(),
        badge: Badge::Exact,
        columns: vec![
            Column::number("p", "비트"),
            Column::number("레지스터", "개"),
            Column::number("이론의 σ", "%"),
            Column::number("실험의 오차(rms)", "%"),
        ],
        rows: rows.map(row).into(),
    }
}

/// 막대 하나의 폭은 σ의 절반.
const BINS: i64 = 8;

/// 시도마다의 오차의 분포와, 이론이 말하는 종 모양. 넘친 시도는 뺌.
fn histogram(p: &Params, seen: &Trials) -> View {
    let errors = &seen.errors[p.method as usize].1;
    let (label, trials) = (p.method.label(), errors.len());
    if errors.is_empty() {
        return note(format!(
            "{label}: 시도 {}번이 모두 넘쳐, 그릴 오차가 없음",
            p.trials
        ));
    }
    let sigma = sigma(p.method, p).map(|sigma| 100.0 * sigma);
    let usable = sigma.filter(|sigma| *sigma > 0.0);
    let width = usable.map_or(1.0, |sigma| sigma / 2.0);
    let mut counts = [0u64; 2 * BINS as usize + 1];
    for error in errors {
        let bin = (100.0 * error / width).round();
        let bin = bin.clamp(-BINS as f64, BINS as f64) as i64 + BINS;
        counts[bin as usize] += 1;
    }
    let at = |bin: usize| (bin as i64 - BINS) as f64 * width;
    let bars = counts.iter().enumerate();
    let bars = bars.map(|(bin, count)| (at(bin), *count as f64).into());
    let mut series = vec![Series {
        name: format!("시도 {trials}번"),
        shape: Shape::Bar,
        points: bars.collect(),
    }];
    let mut marks = Vec::new();
    if let Some(sigma) = usable {
        let scale =
            trials as f64 * width / sigma / std::f64::consts::TAU.sqrt();
        let bell = (-32..=32).map(|step| {
            let x = f64::from(step) / 8.0;
            (x * sigma, scale * (-x * x / 2.0).exp()).into()
        });
        series.push(Series {
            name: "이론: 정규 분포".into(),
            shape: Shape::Line,
            points: bell.collect(),
        });
        marks = [("−σ", -sigma), ("+σ", sigma)]
            .map(|(label, at)| Mark {
                axis: AxisName::X,
                at,
                label: label.into(),
            })
            .into();
    }
    let lost = match p.trials - trials as u64 {
        0 => String::new(),
        lost => format!(" (넘친 {lost}번은 뺌)"),
    };
    View::Chart(Chart {
        title: format!("{label}: 시도마다의 오차{lost}"),
        badge: Badge::Exact,
        x: Axis::linear("상대 오차(끝 막대는 그 밖까지)", "%"),
        y: Axis::linear("시도", "번"),
        series,
        marks,
    })
}

/// 이보다 크게 빗나간 점은 그리지 않음, 비율.
const OFF: f64 = 0.08;

fn curve(p: &Params, seen: &Trials) -> Chart {
    let points = |of: fn(&Moment) -> &Vec<f64>, banded: bool| -> Vec<Point> {
        let point = |(n, moment): &(u64, Moment)| {
            let mut errors = of(moment).clone();
            errors.sort_by(f64::total_cmp);
            let mean = errors.iter().sum::<f64>() / errors.len() as f64;
            let at = |q| Some(100.0 * quantile(&errors, q)).filter(|_| banded);
            (mean.abs() <= OFF).then_some(Point {
                x: *n as f64,
                y: 100.0 * mean,
                low: at(0.1),
                high: at(0.9),
            })
        };
        seen.moments.iter().filter_map(point).collect()
    };
    let line = |name: &str, shape: Shape, points: Vec<Point>| Series {
        name: name.into(),
        shape,
        points,
    };
    let (m, sigma) = ((1u64 << p.p) as f64, 100.0 * Hll::sigma(p.p));
    let mark = |axis, at, label: &str| Mark { axis, at, label: label.into() };
    let mut marks =
        vec![mark(AxisName::Y, -sigma, "−σ"), mark(AxisName::Y, sigma, "+σ")];
    let span = (p.n >> 7) as f64..p.n as f64;
    for (times, label) in [(2.5, "2.5m"), (5.0, "5m")] {
        if span.contains(&(times * m)) {
            marks.push(mark(AxisName::X, times * m, label));
        }
    }
    let mut series = vec![
        line("보정 전", Shape::Line, points(|m| &m.raw, false)),
        line("하이퍼로그로그 (p10–p90)", Shape::Dot, points(|m| &m.hll, true)),
        line("hyperloglogplus", Shape::Line, points(|m| &m.plus, false)),
    ];
    series.retain(|each| !each.points.is_empty());
    Chart {
        title: format!(
            "흐름이 길어질 때의 평균 오차({}%를 넘는 점은 뺌). m은 레지스터의 \
             수",
            100.0 * OFF
        ),
        badge: Badge::Exact,
        x: Axis::log("지금까지의 서로 다른 값", "개"),
        y: Axis::linear("평균 상대 오차", "%"),
        series,
        marks,
    }
}

fn picture(p: &Params, frames: Vec<Raster>) -> Image {
    let width = 1 << p.p.div_ceil(2);
    let height = (1 << p.p) / width;
    Image {
        title: format!("레지스터 {}개의 순위", format::int(1 << p.p)),
        badge: Badge::Exact,
        width,
        height,
        palette: Palette::Heat,
        low: 0.0,
        high: f64::from(HOT),
        unit: String::new(),
        frames,
        alt: "값을 더 볼수록 칸이 밝아지되, 값이 16배가 될 때마다 순위는 \
              4쯤만 커짐"
            .into(),
        explore: None,
    }
}

/// 재생하는 구조의 크기와 보는 값의 수.
const REPLAY_P: u32 = 4;
const REPLAY_K: u64 = 8;
const REPLAY_N: u64 = 16;

/// 위쪽 비트와 나머지를 나눠 쓴 해시의 앞부분.
fn split(hash: u64) -> String {
    let rest = (hash << REPLAY_P) >> 52;
    format!("{:04b} | {rest:012b}…", hash >> (64 - REPLAY_P))
}

fn replay_hll() -> Trace {
    let mut hll = Hll::new(REPLAY_P);
    let mut frames: Vec<Frame> = Vec::new();
    for x in 0..REPLAY_N {
        let hash = salted(x, 0);
        let before = hll.clone();
        let mut steps = Vec::new();
        hll.add(hash, |step| steps.push(step));
        for step in steps {
            let (tag, say, at, shown) = match step {
                Step::Split { index, rank } => (
                    "split",
                    format!("{index}번 레지스터, 나머지의 첫 1은 {rank}번째"),
                    index,
                    &before,
                ),
                Step::Raise { index, from } => (
                    "raise",
                    format!("{from}보다 크므로 레지스터를 올림"),
                    index,
                    &hll,
                ),
                Step::Keep { index } => (
                    "keep",
                    "레지스터가 이미 그만큼이므로 그대로 둠".into(),
                    index,
                    &hll,
                ),
                _ => continue,
            };
            let raised = matches!(step, Step::Raise { .. });
            let cells = shown.registers.iter().zip(0..);
            let cells = cells.filter_map(|(rank, index)| {
                let tone = match (index == at, raised) {
                    (true, true) => Tone::Hit,
                    (true, false) => Tone::Now,
                    _ => Tone::Plain,
                };
                let empty = *rank == 0 && tone == Tone::Plain;
                let text = rank.to_string();
                (!empty).then_some(LaneCell { at: index, text, tone })
            });
            let estimate = shown.estimate();
            frames.push(Frame {
                step: tag.into(),
                say: format!("값 {x}: {say}"),
                counters: vec![
                    ("해시".into(), split(hash)),
                    ("센 수".into(), format::fixed(estimate, 1)),
                ],
                lanes: vec![Lane {
                    label: "레지스터".into(),
                    size: 1 << REPLAY_P,
                    cells: cells.collect(),
                    group: 0,
                }],
                jumps: Vec::new(),
            });
        }
    }
    Trace {
        title: format!("레지스터 16개에 서로 다른 값 {REPLAY_N}개"),
        badge: Badge::Exact,
        frames,
    }
}

fn replay_kmv() -> Trace {
    let mut kmv = Kmv::new(REPLAY_K);
    let mut frames: Vec<Frame> = Vec::new();
    // 앞의 몇 개를 다시 보면 이미 있는 해시를 만남
    for x in (0..REPLAY_N).chain(0..4) {
        let hash = salted(x, 0);
        let mut steps = Vec::new();
        kmv.add(hash, |step| steps.push(step));
        for step in steps {
            let (tag, say, at) = match step {
                Step::Far => (
                    "far",
                    "지닌 것 가운데 가장 큰 것보다 크므로 버림".to_owned(),
                    None,
                ),
                Step::Same { at } => {
                    ("same", "이미 지닌 해시이므로 그대로 둠".into(), Some(at))
                }
                Step::Insert { at, dropped } => {
                    let more = match dropped {
                        true => ", 가장 큰 것을 버림",
                        false => "",
                    };
                    ("insert", format!("{at}번에 끼워 넣음{more}"), Some(at))
                }
                _ => continue,
            };
            let place = |hash: u64| format!("{:.3}", unit(hash));
            let cells = kmv.smallest.iter().enumerate().map(|(i, hash)| {
                let tone = match (Some(i) == at, tag) {
                    (true, "insert") => Tone::Hit,
                    (true, _) => Tone::Now,
                    _ => Tone::Plain,
                };
                LaneCell { at: i as u64, text: place(*hash), tone }
            });
            frames.push(Frame {
                step: tag.into(),
                say: format!("값 {x}의 자리 {}: {say}", place(hash)),
                counters: vec![(
                    "센 수".into(),
                    format::fixed(kmv.estimate(), 1),
                )],
                lanes: vec![Lane {
                    label: "작은 해시(0과 1 사이의 자리)".into(),
                    size: REPLAY_K,
                    cells: cells.collect(),
                    group: 0,
                }],
                jumps: Vec::new(),
            });
        }
    }
    Trace {
        title: format!("가장 작은 해시 {REPLAY_K}개만 지니기"),
        badge: Badge::Exact,
        frames,
    }
}

/// 해시를 0과 1 사이의 자리로.
fn unit(hash: u64) -> f64 {
    hash as f64 / TWO_64
}

/// 잴 것들: 같은 흐름을 처음부터 끝까지 봄.
pub struct Rivals {
    n: u64,
    p: u32,
    k: u64,
}

impl Rivals {
    pub fn new(n: u64, p: u32, k: u64) -> Self {
        Rivals { n, p, k }
    }

    fn hashes(&self) -> impl Iterator<Item = u64> + use<> {
        (0..self.n).map(|x| salted(x, 0))
    }

    fn make_hll(&self) -> Hll {
        let mut hll = Hll::new(self.p);
        self.hashes().for_each(|hash| hll.add(hash, |_| {}));
        hll
    }

    /// 레지스터의 합: 크레이트와도 같아야 하는 상태는 센 수로 견줌.
    pub fn hll(&self) -> u64 {
        self.make_hll().registers.iter().map(|rank| u64::from(*rank)).sum()
    }

    pub fn kmv(&self) -> u64 {
        let mut kmv = Kmv::new(self.k);
        self.hashes().for_each(|hash| kmv.add(hash, |_| {}));
        kmv.kth()
    }

    pub fn linear(&self) -> u64 {
        let mut linear = Linear::new(linear_bits(self.p));
        self.hashes().for_each(|hash| linear.add(hash));
        linear.estimate().map_or(0, |count| count as u64)
    }

    fn make_plus(&self) -> Option<Plus> {
        let mut plus = plus(self.p).ok()?;
        self.hashes().for_each(|hash| plus.insert(&hash));
        Some(plus)
    }

    pub fn plus(&self) -> u64 {
        self.make_plus().map_or(0, |mut plus| plus.count() as u64)
    }

    pub fn set(&self) -> u64 {
        let set: HashSet<u64> = self.hashes().collect();
        set.len() as u64
    }

    /// 다 본 뒤에 쥐고 있는 바이트.
    fn heaps(&self) -> Vec<(&'static str, Option<Heap>)> {
        let (hll, hll_heap) = held(|| self.make_hll());
        let (plus, plus_heap) = held(|| self.make_plus());
        let (kmv, kmv_heap) = held(|| {
            let mut kmv = Kmv::new(self.k);
            self.hashes().for_each(|hash| kmv.add(hash, |_| {}));
            kmv
        });
        let (set, set_heap) = held(|| self.hashes().collect::<HashSet<u64>>());
        drop((hll, plus, kmv, set));
        vec![
            (HLL, hll_heap),
            (PLUS, plus_heap),
            (KMV, kmv_heap),
            (SET, set_heap),
        ]
    }
}

const HLL: &str = "우리 하이퍼로그로그";
const PLUS: &str = "hyperloglogplus";
const KMV: &str = "우리 KMV";
const LINEAR: &str = "우리 선형 세기";
const SET: &str = "std HashSet<u64>";

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    ctx.progress(0, 1, "흐름 보기")?;
    let (n, rivals) = (p.n, Rivals::new(p.n, p.p, p.k));
    let cases = vec![
        Case::new(HLL, n, || rivals.hll()),
        Case::new(PLUS, n, || rivals.plus()),
        Case::new(KMV, n, || rivals.kmv()),
        Case::new(LINEAR, n, || rivals.linear()),
        Case::new(SET, n, || rivals.set()),
    ];
    let mut views = compare(ctx, "해시하고 넣기", "값 하나", cases)?;
    let title = format!("세는 할당기가 본 힙: 값 {}개", format::int(n));
    views.push(heap::table(&title, &rivals.heaps()));
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;
    use std::collections::BTreeSet;

    fn float(report: &Report, key: &str) -> f64 {
        match report.answers[key] {
            Answer::Near { value, .. } => value,
            _ => panic!("{key}"),
        }
    }

    /// 명세의 기준값: 씨앗 0, n = 100,000.
    #[test]
    fn anchors() {
        for (p, want) in
            [("10", 103_224.05), ("12", 101_736.89), ("14", 101_346.69)]
        {
            let report =
                run_with("distinct_count", &[("p", p), ("trials", "1")]);
            let seen = float(&report, "hll");
            assert!((seen - want).abs() < 0.005, "{p}: {seen}");
        }
        for (k, want) in
            [("64", 77_908.6), ("256", 98_342.0), ("1024", 103_484.4)]
        {
            let report =
                run_with("distinct_count", &[("k", k), ("trials", "1")]);
            let seen = float(&report, "kmv");
            assert!((seen - want).abs() < 0.05, "{k}: {seen}");
        }
    }

    /// 보정이 들지 않는 n에서는 크레이트와 어림이 같음: 같은 해시를 주었으므로
    /// 레지스터가 같고, 5m보다 크면 크레이트도 고치지 않음.
    #[test]
    fn the_crate_agrees_beyond_its_corrections() {
        for p in [4, 8, 12, 14] {
            let rivals = Rivals::new(7 << p, p, 8);
            let (ours, theirs) =
                (rivals.make_hll().raw(), rivals.make_plus().unwrap().count());
            assert!((ours / theirs - 1.0).abs() < 1e-9, "{ours} {theirs}");
        }
    }

    /// 목표: p = 14의 rms 오차 1.0% 이하. 우리 것과 크레이트 모두.
    #[test]
    fn fourteen_bits_are_within_one_percent() {
        let p = Params { p: 14, trials: 60, ..Params::default() };
        let ctx = Ctx::new(&lab::host::Quiet, Scope::Native);
        let seen = trials(&p, &ctx).unwrap();
        let ours = rms(&seen.errors[Method::Hll as usize].1);
        let theirs = rms(&seen.plus);
        for error in [ours, theirs] {
            assert!((0.005..=0.010).contains(&error), "{error}");
        }
    }

    /// 모든 방법의 rms가 이론의 σ와 맞음: 시도 100번의 rms는 7%쯤 흔들림.
    #[test]
    fn errors_are_what_the_theory_says() {
        let p = Params { trials: 100, n: 50_000, ..Params::default() };
        let ctx = Ctx::new(&lab::host::Quiet, Scope::Native);
        let seen = trials(&p, &ctx).unwrap();
        for (method, errors) in &seen.errors {
            let (want, got) = (sigma(*method, &p).unwrap(), rms(errors));
            if *method == Method::Set {
                assert_eq!(got, 0.0);
                continue;
            }
            let ratio = got / want;
            assert!((0.75..1.3).contains(&ratio), "{method:?} {ratio}");
        }
    }

    /// 같은 값을 되풀이해도 답이 같음.
    #[test]
    fn copies_change_nothing() {
        let few = [("n", "5000"), ("trials", "2")];
        let many = [("n", "5000"), ("trials", "2"), ("dup", "7")];
        let (few, many) = (
            run_with("distinct_count", &few),
            run_with("distinct_count", &many),
        );
        assert_eq!(few.answers, many.answers);
        assert_eq!(few.checksum, many.checksum);
    }

    #[test]
    fn four_times_the_memory_halves_the_error() {
        for p in ["4", "12", "16"] {
            let verdict = run_with("distinct_count", &[("p", p)]).verdict;
            assert_eq!(verdict.unwrap().choice.as_deref(), Some("0.5"), "{p}");
        }
    }

    #[test]
    fn small_and_overflowing_runs_are_told() {
        for pairs in [
            [("n", "10"), ("k", "8")],
            [("n", "1000000"), ("p", "4")],
            [("n", "10"), ("method", "set")],
        ] {
            let report = run_with("distinct_count", &pairs);
            assert!(report.views.len() >= 6);
        }
    }

    /// 그릴 점이 없는 선은 범례에도 없음.
    #[test]
    fn every_line_has_a_point() {
        let pairs = [("n", "10"), ("p", "4")];
        for view in run_with("distinct_count", &pairs).views {
            let View::Chart(chart) = view else { continue };
            let drawn = |series: &Series| !series.points.is_empty();
            assert!(chart.series.iter().all(drawn), "{}", chart.title);
        }
    }

    #[test]
    fn refuses_endless_streams() {
        let table = Params::table();
        let pairs = [("n", "1000000"), ("trials", "200")];
        assert!(table.parse(pairs, Scope::Browser).is_err());
        assert!(table.parse(pairs, Scope::Native).is_ok());
    }

    /// 순위를 손으로: p = 4, 나머지의 첫 1이 셋째 비트면 3.
    #[test]
    fn ranks_by_hand() {
        let rank = |hash: u64| {
            let mut seen = None;
            Hll::new(4).add(hash, |step| {
                if let Step::Split { index, rank } = step {
                    seen = Some((index, rank));
                }
            });
            seen.unwrap()
        };
        assert_eq!(rank(0xf800_0000_0000_0000), (15, 1));
        assert_eq!(rank(0x5200_0000_0000_0000), (5, 3));
        assert_eq!(rank(0x3000_0000_0000_0000), (3, 61));
        assert_eq!(rank(0x3000_0000_0000_0001), (3, 60));
    }

    /// 하나 넣은 하이퍼로그로그는 1을 셈: m ln(m / (m − 1)).
    #[test]
    fn one_value_is_about_one() {
        let mut hll = Hll::new(12);
        hll.add(mix64(7), |_| {});
        assert!((hll.estimate() - 1.0).abs() < 0.001);
    }

    /// 느리고 뻔한 KMV: 모두 모아 정렬함.
    #[test]
    fn kmv_is_the_head_of_a_sorted_set() {
        let hashes: Vec<u64> = (0..5_000).map(|x| mix64(x % 1_700)).collect();
        let all: BTreeSet<u64> = hashes.iter().copied().collect();
        for k in [8, 100, 1_699, 1_700, 2_000] {
            let mut kmv = Kmv::new(k);
            hashes.iter().for_each(|hash| kmv.add(*hash, |_| {}));
            let want = all.iter().copied().take(k as usize);
            assert!(kmv.smallest.iter().copied().eq(want), "{k}");
        }
    }

    /// 같은 값을 거듭 넣어도, 차례를 바꿔도, 나눠 넣고 합쳐도 같음.
    #[test]
    fn sketches_forget_order_and_copies() {
        let (mut once, mut again) = (Hll::new(8), Hll::new(8));
        let (mut left, mut right) = (Hll::new(8), Hll::new(8));
        for x in 0..3_000 {
            once.add(mix64(x), |_| {});
            let half = if x % 2 == 0 { &mut left } else { &mut right };
            half.add(mix64(x), |_| {});
        }
        for x in (0..9_000).rev() {
            again.add(mix64(x % 3_000), |_| {});
        }
        assert_eq!(once, again);
        assert!(left.merge(&right));
        assert_eq!(once, left);
        assert!(!left.merge(&Hll::new(9)));
    }

    #[test]
    fn linear_counting_saturates() {
        let mut linear = Linear::new(7);
        (0..60).for_each(|x| linear.add(mix64(x)));
        let seen = linear.estimate().unwrap();
        let sigma = Linear::sigma(7, 60).unwrap();
        assert!((seen - 60.0).abs() < 3.0 * 60.0 * sigma);
        (60..5_000).for_each(|x| linear.add(mix64(x)));
        assert_eq!(linear.estimate(), None);
        assert_eq!(Linear::sigma(7, 5_000), None);
    }

    /// 넘친 선형 세기는 이론도 그림도 말하지 않음.
    #[test]
    fn a_full_bitmap_has_no_theory() {
        for (n, p) in [("100000", "4"), ("100000", "5"), ("1000000", "12")] {
            let pairs =
                [("n", n), ("p", p), ("method", "linear"), ("trials", "2")];
            let report = run_with("distinct_count", &pairs);
            let View::Table(table) = &report.views[0] else { unreachable!() };
            let row = &table.rows[Method::Linear as usize];
            assert!(row[2..].iter().all(|cell| cell.text == "넘침"), "{p}");
            assert!(matches!(report.views[2], View::Note(_)));
        }
    }

    /// 모두 지닌 KMV는 정확하고, k가 작으면 잘 알려진 식에 가까움.
    #[test]
    fn kmv_is_exact_until_it_is_full() {
        assert_eq!(Kmv::sigma(256, 255), 0.0);
        assert!(Kmv::sigma(256, 256) < 0.004);
        let many = Kmv::sigma(256, 1 << 40) * 254f64.sqrt();
        assert!((many - 1.0).abs() < 1e-6);
        // 시도 300번의 rms와 견줌
        let (n, k) = (400, 256);
        let errors: Vec<f64> = (0..300)
            .map(|salt| {
                let mut kmv = Kmv::new(k);
                (0..n).for_each(|x| kmv.add(salted(x, salt), |_| {}));
                relative(kmv.estimate(), n)
            })
            .collect();
        let ratio = rms(&errors) / Kmv::sigma(k, n);
        assert!((0.85..1.15).contains(&ratio), "{ratio}");
    }

    #[test]
    fn a_rounded_zero_has_no_sign() {
        assert_eq!(sign(-0.004), "0.00");
        assert_eq!(sign(0.0), "0.00");
        assert_eq!(sign(-1.736), "−1.74");
        assert_eq!(sign(1.736), "+1.74");
    }
}
