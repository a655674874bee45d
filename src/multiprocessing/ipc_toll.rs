//! 건네주는 값: 메시지가 몇 바이트가 되고, 몇 번 복사되고, 얼마나 걸리는가.
//!
//! pickle의 바이트는 CPython `Modules/_pickle.c`의 규칙(프로토콜 5)대로
//! 만들어 진짜와 한 바이트도 다르지 않음을 시험함.

use std::fmt::Write;

use lab::host::{Echo, Way};
use lab::measure::{Timing, Timings, quantile};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Point, Series, Shape as Draw, Table,
    Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 프로세스에 일을 넘기는 것이 직접 하는 것보다 느릴 수 있는가?",
    prediction: Prediction {
        text: "버퍼 1 MiB를 다른 일꾼에게 복사해 건네고 돌려받는 시간은, 복사 \
               없이 건네는 것의 몇 배일까? 페이지는 복제를 이전과, 내 \
               컴퓨터는 파이프를 공유 메모리와 견줌.",
        ask: Ask::Choices(GUESSES),
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 160,
};

const GUESSES: &[(&str, &str)] = &[
    ("1", "거의 같음"),
    ("3", "3배쯤"),
    ("10", "10배쯤"),
    ("100", "100배쯤"),
];

lab::choices! {
    /// 건네는 것의 모양.
    pub enum Shape {
        Flat = "flat", "바이트 한 덩어리";
        Nested = "nested", "작은 객체 여럿";
    }
}

lab::params! {
    /// 메시지 하나.
    pub struct Params {
        bytes: u64 = 1_048_576, int("메시지").unit("B")
            .range(64, 16_777_216).log();
        shape: Shape = Shape::Flat, choice("모양")
            .hint("작은 객체는 글로 적으면 32바이트쯤인 것을 그만큼 모음");
        rounds: u64 = 50, int("오가는 횟수").unit("회").range(1, 500).log()
            .hint("표본 하나에. 오래 걸리는 것은 그만큼 줄임");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 덩어리의 i번째 바이트.
fn byte(i: u64) -> u8 {
    (i % 251) as u8
}

/// 작은 객체 하나: `{"id": …, "name": …, "x": …}`.
struct Item {
    id: u16,
    name: String,
    x: f64,
}

/// 객체 하나를 이만큼으로 쳐서 수를 정함.
const ITEM_BYTES: u64 = 32;

impl Item {
    fn new(i: u64) -> Self {
        Item {
            id: (i % 1_000) as u16,
            name: format!("n{}", i % 10),
            x: i as f64 / 4.0,
        }
    }
}

fn items(bytes: u64) -> u64 {
    (bytes / ITEM_BYTES).max(1)
}

// ANCHOR: kernel
/// 프레임 하나의 목표 크기, 바이트.
const FRAME: usize = 64 * 1024;
/// 프레임의 머리: 명령 하나와 길이 여덟 바이트.
const HEAD: usize = 9;
/// 리스트의 원소를 한 번에 붙이는 수.
const BATCH: u64 = 1_000;

/// pickle 프로토콜 5의 바이트를 쌓음.
pub struct Pickler {
    pub out: Vec<u8>,
    /// 지금 프레임의 머리가 놓일 자리.
    frame: usize,
}

impl Pickler {
    fn new() -> Self {
        let mut pickler = Pickler { out: vec![0x80, 5], frame: 0 };
        pickler.open();
        pickler
    }

    fn open(&mut self) {
        self.frame = self.out.len();
        self.out.extend([0; HEAD]);
    }

    /// 프레임의 길이를 적음. 너무 짧으면 머리를 없앰.
    fn close(&mut self) {
        let body = self.out.len() - self.frame - HEAD;
        if body < 4 {
            self.out.drain(self.frame..self.frame + HEAD);
            return;
        }
        let head = &mut self.out[self.frame..self.frame + HEAD];
        head[0] = b'\x95';
        head[1..].copy_from_slice(&(body as u64).to_le_bytes());
    }

    /// 값 하나를 적기 앞: 프레임이 찼으면 새로 엶.
    fn next(&mut self) {
        if self.out.len() - self.frame - HEAD >= FRAME {
            self.close();
            self.open();
        }
    }

    fn bytes(&mut self, data: &[u8]) {
        self.next();
        let size = data.len() as u32;
        let large = data.len() >= FRAME;
        if large {
            self.close(); // 큰 것은 프레임 밖에 그대로 둠
        }
        match u8::try_from(size) {
            Ok(short) => self.out.extend([b'C', short]),
            Err(_) => {
                self.out.push(b'B');
                self.out.extend(size.to_le_bytes());
            }
        }
        self.out.extend_from_slice(data);
        if large {
            self.open();
        }
        self.out.push(MEMOIZE);
    }

    fn text(&mut self, text: &str) {
        self.next();
        self.out.extend([0x8c, text.len() as u8]);
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(MEMOIZE);
    }

    fn int(&mut self, n: u16) {
        self.next();
        match u8::try_from(n) {
            Ok(small) => self.out.extend([b'K', small]),
            Err(_) => {
                self.out.push(b'M');
                self.out.extend(n.to_le_bytes());
            }
        }
    }

    fn float(&mut self, x: f64) {
        self.next();
        self.out.push(b'G');
        self.out.extend(x.to_be_bytes());
    }

    /// 이미 적은 것은 번호로 가리킴: 사전의 키는 처음 한 번만 적힘.
    fn key(&mut self, name: &str, memo: Option<u8>) {
        match memo {
            None => self.text(name),
            Some(index) => {
                self.next();
                self.out.extend([b'h', index]);
            }
        }
    }

    fn item(&mut self, i: u64) {
        let Item { id, name, x } = Item::new(i);
        // 리스트 0, 사전 1, "id" 2, "name" 3, 그 값 4, "x" 5
        let memo = |index| (i > 0).then_some(index);
        self.next();
        self.out.extend([b'}', MEMOIZE, b'(']);
        self.key("id", memo(2));
        self.int(id);
        self.key("name", memo(3));
        self.text(&name);
        self.key("x", memo(5));
        self.float(x);
        self.out.push(b'u');
    }

    fn list(&mut self, count: u64) {
        self.out.extend([b']', MEMOIZE]);
        if count == 1 {
            self.item(0);
            self.out.push(b'a');
            return;
        }
        for start in (0..count).step_by(BATCH as usize) {
            self.out.push(b'(');
            for i in start..(start + BATCH).min(count) {
                self.item(i);
            }
            self.out.push(b'e');
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.out.push(b'.');
        self.close();
        self.out
    }
}

const MEMOIZE: u8 = 0x94;

/// 메시지를 `pickle.dumps(…, protocol=5)`한 바이트.
pub fn pickle(shape: Shape, bytes: u64) -> Vec<u8> {
    let mut pickler = Pickler::new();
    match shape {
        Shape::Flat => {
            let data: Vec<u8> = (0..bytes).map(byte).collect();
            pickler.bytes(&data);
        }
        Shape::Nested => pickler.list(items(bytes)),
    }
    pickler.finish()
}
// ANCHOR_END: kernel

/// 빈칸 없는 JSON의 길이, 바이트.
pub fn json_size(shape: Shape, bytes: u64) -> u64 {
    match shape {
        Shape::Flat => {
            let digits = |i| match byte(i) {
                0..10 => 1,
                10..100 => 2,
                _ => 3,
            };
            // 괄호 둘과 수 사이의 쉼표
            2 + (bytes - 1) + (0..bytes).map(digits).sum::<u64>()
        }
        Shape::Nested => {
            let count = items(bytes);
            let mut text = String::new();
            let mut size = 2 + (count - 1);
            for Item { id, name, x } in (0..count).map(Item::new) {
                text.clear();
                // 문자열에 쓰기는 실패하지 않음
                let _ =
                    write!(text, r#"{{"id":{id},"name":"{name}","x":{x:?}}}"#);
                size += text.len() as u64;
            }
            size
        }
    }
}

/// 8바이트씩 리틀 엔디언 정수로 읽어 모두 더함. 모자라면 0을 채움.
fn word_sum(data: &[u8]) -> u64 {
    data.chunks(8).fold(0, |sum: u64, part| {
        let mut word = [0; 8];
        word[..part.len()].copy_from_slice(part);
        sum.wrapping_add(u64::from_le_bytes(word))
    })
}

/// `pickle.PickleBuffer`를 따로 보낼 때 본문에 남는 바이트: 머리 둘, 버퍼를
/// 가리키는 명령, 읽기 전용이라는 명령, 끝.
const OUT_OF_BAND: u64 = 5;

/// 건네는 길 하나: 보내는 객체에서 받는 객체까지 옮겨 적는 곳들.
struct Route {
    name: &'static str,
    /// 옮겨 적을 때마다의 크기.
    hops: &'static [Hop],
    says: &'static str,
}

/// 옮겨 적는 것의 꼴.
#[derive(Clone, Copy)]
enum Hop {
    Raw,
    Pickle,
    Json,
}

use Hop::{Json, Pickle, Raw};

/// 둘은 보내는 코드가 같음: `connection.py`의 `_send_bytes`.
const PYTHON: &str = "multiprocessing.Pipe, Queue";
/// 이보다 크면 길이를 적은 머리를 따로 보냄, 바이트.
const JOINED: u64 = 16_384;
/// 작은 것은 머리와 이어 붙여 한 번에 보냄.
const SMALL_PYTHON: Route = Route {
    name: PYTHON,
    hops: &[Pickle, Pickle, Pickle, Pickle, Pickle, Raw],
    says: "dumps, 머리와 잇기, 커널로, 커널에서, BytesIO에 모으기, loads",
};

const ROUTES: &[Route] = &[
    Route {
        name: "스레드 사이 채널 (Rust), 이전 (페이지)",
        hops: &[],
        says: "주인만 바뀜",
    },
    Route {
        name: "공유 메모리",
        hops: &[Raw],
        says: "함께 보는 자리에 적음. 처음부터 거기서 만들면 0",
    },
    Route {
        name: "파이프, 소켓 (바이트 그대로)",
        hops: &[Raw, Raw],
        says: "커널의 버퍼로, 커널의 버퍼에서",
    },
    Route {
        name: "복제 (페이지)",
        hops: &[Raw, Raw],
        says: "늘어놓기, 다시 세우기",
    },
    Route {
        name: PYTHON,
        hops: &[Pickle, Pickle, Pickle, Pickle, Raw],
        says: "dumps, 커널로, 커널에서, BytesIO에 모으기, loads",
    },
    Route {
        name: "JSON 글 (페이지)",
        hops: &[Json, Json, Json, Raw],
        says: "글로 적기, 글을 복제하기 둘, 읽어 세우기",
    },
];

/// 세 꼴의 바이트.
#[derive(Clone, Copy)]
struct Sizes {
    raw: u64,
    pickle: u64,
    json: u64,
}

impl Sizes {
    fn moved(self, hops: &[Hop]) -> u64 {
        let size = |hop: &Hop| match hop {
            Raw => self.raw,
            Pickle => self.pickle,
            Json => self.json,
        };
        hops.iter().map(size).sum()
    }
}

fn run(p: &Params, _: &mut Ctx) -> Result<Report, Failure> {
    let pickled = pickle(p.shape, p.bytes);
    let sizes = Sizes {
        raw: p.bytes,
        pickle: pickled.len() as u64,
        json: json_size(p.shape, p.bytes),
    };
    let sum = word_sum(&pickled);
    Ok(Report::default()
        .answer("pickle_bytes", sizes.pickle)
        .answer("pickle_sum", sum)
        .answer("json_bytes", sizes.json)
        .checksum(&[sizes.raw, sizes.pickle, sum, sizes.json])
        .view(View::Table(size_table(p, sizes)))
        .view(View::Table(route_table(p, sizes))))
}

fn verdict(report: &Report) -> Verdict {
    let pairs = [(Way::Clone, Way::Transfer), (Way::Pipe, Way::SharedMemory)];
    let times = pairs.iter().find_map(|(copied, moved)| {
        let both = report.compared(copied.label(), moved.label())?;
        Some((copied, moved, both))
    });
    let Some((copied, moved, both)) = times else {
        return Verdict::pending();
    };
    let mut sentence = format!(
        "한 번 오가는 데 {} {}, {} {}.",
        copied.label(),
        format::time(both.slow),
        moved.label(),
        format::time(both.fast)
    );
    let p = Params::read(&report.params).unwrap_or_default();
    if p.shape == Shape::Nested {
        sentence.push_str(" 객체는 어느 길이든 늘어놓고 다시 세움: ");
        sentence.push_str(&rebuilt(copied.label(), moved.label(), both.ratio));
    }
    Verdict::compared(GUESSES, &both, sentence)
}

/// 이보다 가까우면 차이가 묻혔다고 함.
const BURIED: f64 = 1.1;

/// 늘어놓고 다시 세우는 값에 견주어 길의 차이가 남았는가.
fn rebuilt(copied: &str, moved: &str, ratio: f64) -> String {
    let (slower, times) = match ratio {
        ratio if ratio > 1.0 => (copied, ratio),
        _ => (moved, 1.0 / ratio),
    };
    if times <= BURIED {
        return "그 값이 커서 길의 차이가 묻힘.".into();
    }
    // 객체라면 복사가 적은 길이 늘 빠른 것은 아님
    format!("그러고도 {slower} 쪽이 {}배 느림.", format::significant(times))
}

fn size_table(p: &Params, sizes: Sizes) -> Table {
    let row = |name: &str, size: u64| {
        let times = size as f64 / sizes.raw as f64;
        vec![name.into(), size.into(), Cell::fixed(times, 3)]
    };
    let mut rows = vec![
        row("내용", sizes.raw),
        row("pickle 프로토콜 5", sizes.pickle),
        row("JSON (빈칸 없음)", sizes.json),
    ];
    if p.shape == Shape::Flat {
        let name = "pickle 본문, 버퍼는 따로 (PEP 574)";
        rows.insert(2, row(name, OUT_OF_BAND));
    }
    Table {
        title: match p.shape {
            Shape::Flat => "늘어놓으면 몇 바이트인가".into(),
            Shape::Nested => {
                let count = format::int(items(p.bytes));
                format!("객체 {count}개를 늘어놓으면 몇 바이트인가")
            }
        },
        badge: Badge::Exact,
        columns: vec![
            Column::text("꼴"),
            Column::number("크기", "B"),
            Column::number("내용의", "배"),
        ],
        rows,
    }
}

fn route_table(p: &Params, sizes: Sizes) -> Table {
    let rows = ROUTES.iter().map(|route| {
        let Route { name, hops, says } = match route.name {
            PYTHON if sizes.pickle <= JOINED => &SMALL_PYTHON,
            _ => route,
        };
        let moved = sizes.moved(hops);
        vec![
            (*name).into(),
            (hops.len() as u64).into(),
            moved.into(),
            (*says).into(),
        ]
    });
    let size = format::bytes(p.bytes);
    Table {
        title: format!("{size}를 한쪽으로 건넬 때의 복사"),
        badge: Badge::Model,
        columns: vec![
            Column::text("길"),
            Column::number("복사", "번"),
            Column::number("옮겨 적은 양", "B"),
            Column::text("어디에서"),
        ],
        rows: rows.collect(),
    }
}

/// JSON은 글로 적고 읽는 값이 커서 이 크기까지만 잼.
const JSON_LIMIT: u64 = 1 << 20;
/// 크기를 따라 느려지는 길은 이보다 크면 오가는 횟수를 줄임.
const SMALL: u64 = 1 << 16;
const JSON_SMALL: u64 = 1 << 12;
/// 시계의 눈금이 표본의 이 몫보다 크면 재지 못한 것으로 침.
const COARSE: f64 = 0.1;

/// 잴 크기: 64바이트부터 8배씩, 마지막은 `bytes`.
fn sizes(bytes: u64) -> Vec<u64> {
    let powers = std::iter::successors(Some(64), |size| Some(size * 8));
    powers.take_while(|size| *size < bytes).chain([bytes]).collect()
}

/// 표본 하나에 오가는 횟수.
fn rounds(p: &Params, way: Way, bytes: u64) -> u32 {
    let small = match way {
        // 주인만 바뀌므로 커도 느려지지 않음
        Way::Transfer | Way::Channel if p.shape == Shape::Flat => bytes,
        Way::Json => JSON_SMALL,
        _ => SMALL,
    };
    (p.rounds * small / bytes.max(small)).max(1) as u32
}

/// 한 길로 크기마다 오간 시간.
struct Measured {
    way: Way,
    /// 메시지의 바이트와 한 번 오간 시간의 표본, ns.
    sizes: Vec<(u64, Vec<f64>)>,
}

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    let step = ctx.env().clock_step_ns;
    let (mut ways, mut notes) = (Vec::new(), Vec::new());
    for way in ctx.scope.pick(Way::BROWSER, Way::NATIVE) {
        let mut measured = Measured { way, sizes: Vec::new() };
        for bytes in sizes(p.bytes) {
            if way == Way::Json && bytes > JSON_LIMIT {
                notes.push(format!(
                    "JSON은 {}까지만 잼: 글로 적고 읽는 시간이 너무 김.",
                    format::bytes(JSON_LIMIT)
                ));
                break;
            }
            let rounds = rounds(p, way, bytes);
            let nested = p.shape == Shape::Nested;
            let echo = Echo { way, bytes, rounds, nested };
            match ctx.echo(&echo) {
                Ok(samples) => {
                    let longest = samples.iter().copied().fold(0.0, f64::max);
                    if longest * f64::from(rounds) * COARSE > step {
                        measured.sizes.push((bytes, samples));
                    } else {
                        notes.push(format!(
                            "{}: 시계의 눈금({})이 거칠어 짧은 것은 재지 못함",
                            way.label(),
                            format::time(step)
                        ));
                    }
                }
                Err(Failure::Unavailable(why)) => {
                    notes.push(format!("{}: {why}", way.label()));
                    break;
                }
                Err(failure) => return Err(failure),
            }
        }
        if !measured.sizes.is_empty() {
            ways.push(measured);
        }
    }
    let mut views = Vec::new();
    if ways.is_empty() {
        notes.push("해상도 부족: 시간 비교를 표시하지 않음".into());
    } else {
        views.push(View::Chart(time_chart(&ways)));
        let title = format!("{}를 한 번 오가기", format::bytes(p.bytes));
        views.extend(timings(p.bytes, &ways, step).views(&title, "오가기"));
        views.push(View::Table(fit_table(&ways)));
    }
    notes.dedup();
    views.extend(notes.into_iter().map(note));
    Ok(views)
}

/// 표본의 분위수.
fn at(samples: &[f64], q: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, q)
}

/// 가장 큰 메시지로 잰 것만 모음.
fn timings(bytes: u64, ways: &[Measured], clock_step_ns: f64) -> Timings {
    let rows = ways.iter().filter_map(|Measured { way, sizes }| {
        let (_, samples) = sizes.iter().find(|(size, _)| *size == bytes)?;
        Some(Timing::new(way.label(), samples.clone(), 1))
    });
    Timings { rows: rows.collect(), clock_step_ns }
}

fn time_chart(ways: &[Measured]) -> Chart {
    let series = ways.iter().map(|Measured { way, sizes }| Series {
        name: way.label().into(),
        shape: Draw::Line,
        points: sizes
            .iter()
            .map(|(size, samples)| Point {
                x: *size as f64,
                y: at(samples, 0.5),
                low: Some(at(samples, 0.0)),
                high: Some(at(samples, 1.0)),
            })
            .collect(),
    });
    Chart {
        title: "메시지가 커지면".into(),
        badge: Badge::Measured,
        x: Axis::log("메시지", "B"),
        y: Axis::log("한 번 오가는 시간", "ns"),
        series: series.collect(),
        marks: Vec::new(),
    }
}

/// 시간 = α + β·바이트. 크기가 몇 자릿수에 걸치므로 상대 오차를 줄임.
pub fn alpha_beta(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (mut ww, mut wx, mut xx) = (0.0, 0.0, 0.0);
    let (mut wy, mut xy) = (0.0, 0.0);
    for &(x, y) in points {
        let weight = 1.0 / (y * y);
        ww += weight;
        wx += weight * x;
        xx += weight * x * x;
        wy += weight * y;
        xy += weight * x * y;
    }
    let det = ww * xx - wx * wx;
    let (alpha, beta) = ((wy * xx - wx * xy) / det, (ww * xy - wx * wy) / det);
    // 점이 하나뿐이면 가를 수 없음
    (points.len() > 1).then_some((alpha, beta))
}

fn fit_table(ways: &[Measured]) -> Table {
    let rows = ways.iter().map(|Measured { way, sizes }| {
        let points: Vec<(f64, f64)> = sizes
            .iter()
            .map(|(size, samples)| (*size as f64, at(samples, 0.5)))
            .collect();
        let (alpha, beta) = match alpha_beta(&points) {
            None => ("–".into(), "–".into()),
            Some((alpha, beta)) => (
                Cell::fixed(alpha / 1e3, 2),
                match beta > 0.0 {
                    true => Cell::fixed(beta * 1024.0, 2),
                    // 커져도 느려지지 않는 길
                    false => "잡음에 묻힘".into(),
                },
            ),
        };
        let even = points.last().map_or(f64::NAN, |(size, ns)| ns / size);
        vec![way.label().into(), alpha, beta, Cell::fixed(even, 3)]
    });
    Table {
        title: "시간 = α + β·크기로 맞추면".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("길"),
            Column::number("α", "µs"),
            Column::number("β", "ns/KiB"),
            Column::number("손익분기", "ns/B"),
        ],
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 손으로 쓴 pickle: 64바이트 덩어리와 객체 하나.
    #[test]
    fn small_pickles_by_hand() {
        let flat = pickle(Shape::Flat, 64);
        assert_eq!(flat.len(), 64 + 15);
        assert_eq!(&flat[..13], b"\x80\x05\x95\x44\0\0\0\0\0\0\0C\x40");
        assert_eq!(flat[77..], [MEMOIZE, b'.']);
        let one = pickle(Shape::Nested, 64);
        // 객체 둘: 64 / 32
        assert!(one.starts_with(b"\x80\x05\x95"));
        assert!(one.ends_with(b"ue."));
        let single = pickle(Shape::Nested, 32);
        let body = b"]\x94}\x94(\x8c\x02id\x94K\0\x8c\x04name\x94\
                     \x8c\x02n0\x94\x8c\x01x\x94G\0\0\0\0\0\0\0\0ua.";
        assert_eq!(single[11..], body[..]);
    }

    /// 진짜 CPython의 크기: 256부터 머리가 셋 늘고, 64 KiB부터 프레임이 없음.
    #[test]
    fn headers_grow_and_vanish() {
        for (bytes, extra) in
            [(255, 15), (256, 18), (65_535, 18), (65_536, 9), (1 << 20, 9)]
        {
            let pickled = pickle(Shape::Flat, bytes).len() as u64;
            assert_eq!(pickled, bytes + extra);
        }
    }

    #[test]
    fn json_by_hand() {
        // 0–9는 한 자리 10개, 10–63은 두 자리 54개, 괄호 둘과 쉼표 63개
        assert_eq!(json_size(Shape::Flat, 64), 2 + 63 + 10 + 108);
        let two =
            r#"[{"id":0,"name":"n0","x":0.0},{"id":1,"name":"n1","x":0.25}]"#;
        assert_eq!(json_size(Shape::Nested, 64), two.len() as u64);
    }

    #[test]
    fn words_are_summed_little_endian() {
        assert_eq!(word_sum(&[1, 0, 0, 0, 0, 0, 0, 0, 2]), 3);
        assert_eq!(word_sum(&[0, 1]), 256);
    }

    /// 직선에서 나온 점은 그 직선으로 돌아감.
    #[test]
    fn a_line_is_fitted_exactly() {
        let line = |x: f64| (x, 5_000.0 + 0.25 * x);
        let points = [64.0, 4_096.0, 1_048_576.0].map(line);
        let (alpha, beta) = alpha_beta(&points).unwrap();
        assert!((alpha - 5_000.0).abs() < 1e-6);
        assert!((beta - 0.25).abs() < 1e-9);
        assert_eq!(alpha_beta(&points[..1]), None);
    }

    /// 차이가 묻혔다는 말은 두 길이 거의 같을 때만 함.
    #[test]
    fn objects_bury_only_a_small_difference() {
        let say = |ratio| rebuilt("파이프", "공유 메모리", ratio);
        for near in [0.95, 1.0, 1.04] {
            assert!(say(near).contains("묻힘"), "{near}");
        }
        assert_eq!(say(0.4), "그러고도 공유 메모리 쪽이 2.50배 느림.");
        assert_eq!(say(2.0), "그러고도 파이프 쪽이 2.00배 느림.");
    }

    #[test]
    fn sweeps_end_at_the_message() {
        assert_eq!(sizes(64), [64]);
        assert_eq!(sizes(1_000), [64, 512, 1_000]);
    }

    #[test]
    fn the_pipe_of_python_copies_five_times() {
        let report = run_with("ipc_toll", &[]);
        assert_eq!(report.int("pickle_bytes"), Some((1 << 20) + 9));
        let sizes = Sizes { raw: 10, pickle: 19, json: 30 };
        assert_eq!(sizes.moved(ROUTES[4].hops), 19 * 4 + 10);
        assert!(report.verdict.unwrap().is_pending());
    }

    /// 16,384바이트까지는 머리와 이어 붙여 한 번 더 옮겨 적음.
    #[test]
    fn a_small_message_is_joined_to_its_header() {
        for (bytes, copies) in [(16_384 - 18, "6"), (16_384 - 17, "5")] {
            let p = Params { bytes, ..Params::default() };
            let pickle = pickle(p.shape, bytes).len() as u64;
            let table = route_table(&p, Sizes { raw: bytes, pickle, json: 0 });
            let row = table.rows.iter().find(|row| row[0].text == PYTHON);
            assert_eq!(row.unwrap()[1].text, copies, "{pickle}");
        }
    }
}
