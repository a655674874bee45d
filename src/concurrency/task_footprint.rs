//! 작업 하나의 무게: 퓨처 수만 개를 만들어 차례로 한 걸음씩 보냄.

use std::collections::VecDeque;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use lab::measure::{Case, compare};
use lab::report::{
    Axis, Badge, Cell, Chart, Column, Series, Shape, Table, Verdict,
};
use lab::{
    Ask, Bench, Ctx, Experiment, Failure, Prediction, Python, Report, Scope,
    View, format, note,
};

pub const EXPERIMENT: Experiment = Experiment {
    question: "왜 스레드 10만 개는 안 되고 코루틴 10만 개는 되는가?",
    prediction: Prediction {
        text: "64비트 CPython 3.13에서 async def 함수가 인자 하나와 지역 \
               변수 4개를 기억하고 await에서 멈춰 있음. 이 코루틴 하나는 약 \
               몇 바이트일까?",
        ask: Ask::Number { unit: "바이트" },
        answer: verdict,
    },
    params: Params::table,
    run: |values, ctx| run(&Params::read(values)?, ctx),
    measure: Some(|values, ctx| measure(&Params::read(values)?, ctx)),
    python: Python::Same,
    bench: Bench::Group,
    memory_mib: 64,
};

lab::params! {
    /// 저마다 몇 번씩 멈췄다 가는 작업들.
    pub struct Params {
        count: u64 = 10_000, int("작업의 수").unit("개").range(1, 100_000)
            .log();
        waits: u64 = 3, int("작업마다 멈추는 수").unit("번").range(1, 16);
        locals: u64 = 4, int("지역 변수").unit("개").range(0, 64)
            .hint("코루틴 하나가 기억하는 것");
    }
    check = |_: &Params, _: Scope| Ok(());
}

/// 리눅스에서 스레드 하나가 잡는 스택의 주소 공간, MiB: `ulimit -s`의 기본값.
const STACK_MIB: u64 = 8;

/// `task_footprint.py`의 `hold`가 멈춰 있을 때, 64비트 CPython 3.12–3.13의
/// 바이트. 포인터의 자리는 인자 `gate`와 지역 변수, 식을 셈하는 스택 3칸임.
fn coroutine_bytes(locals: u64) -> u64 {
    160 + 8 * (1 + locals + 3)
}

// ANCHOR: kernel
/// 한 번 멈췄다 가는 await의 대상.
#[derive(Default)]
struct Pause {
    paused: bool,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<()> {
        if self.paused {
            return Poll::Ready(());
        }
        self.paused = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn job(at: u64, waits: u64) -> u64 {
    let mut total = at;
    for turn in 0..waits {
        Pause::default().await;
        total = total.wrapping_mul(31).wrapping_add(turn);
    }
    total
}

/// 멈춘 퓨처를 차례로 한 걸음씩. (걸음의 수, 값의 합).
pub fn round_robin(count: u64, waits: u64) -> (u64, u64) {
    let mut ready: VecDeque<_> =
        (0..count).map(|at| Box::pin(job(at, waits))).collect();
    let mut context = Context::from_waker(Waker::noop());
    let (mut polls, mut total) = (0, 0u64);
    while let Some(mut future) = ready.pop_front() {
        polls += 1;
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => total = total.wrapping_add(value),
            Poll::Pending => ready.push_back(future),
        }
    }
    (polls, total)
}
// ANCHOR_END: kernel

/// `N`개의 u64를 await 너머까지 기억함.
async fn hold<const N: usize>() -> u64 {
    let data = black_box([1; N]);
    Pause::default().await;
    data.iter().sum()
}

/// 다 쓴 다음에 멈추지만, 멈출 때 아직 범위 안에 있음.
async fn finish<const N: usize>() -> u64 {
    let data = black_box([1u64; N]);
    let sum = data.iter().sum();
    Pause::default().await;
    sum
}

/// 다 쓰고 범위까지 닫은 다음에 멈춤.
async fn close<const N: usize>() -> u64 {
    let sum = {
        let data = black_box([1u64; N]);
        data.iter().sum()
    };
    Pause::default().await;
    sum
}

/// u64를 쥐고 멈추는 퓨처 하나의 바이트.
struct Size {
    count: u64,
    hold: u64,
    finish: u64,
    close: u64,
}

impl Size {
    fn of<const N: usize>() -> Self {
        Size {
            count: N as u64,
            hold: size_of_val(&hold::<N>()) as u64,
            finish: size_of_val(&finish::<N>()) as u64,
            close: size_of_val(&close::<N>()) as u64,
        }
    }
}

fn run(p: &Params, ctx: &mut Ctx) -> Result<Report, Failure> {
    ctx.progress(0, 1, "퓨처를 차례로 보내기")?;
    let (polls, sum) = round_robin(p.count, p.waits);
    let size = coroutine_bytes(p.locals);
    let stack = p.count * STACK_MIB;
    Ok(Report::default()
        .answer("polls", polls)
        .answer("sum", sum)
        .answer("coroutine_bytes", size)
        .answer("stack_mib", stack)
        .checksum(&[polls, sum, size, stack])
        .view(View::Table(futures()))
        .view(View::Table(totals(p)))
        .view(View::Chart(growth(p)))
        .view(note(format!(
            "퓨처 {}개를 한 걸음씩 {}번 보냄: 스레드 하나로 됨",
            format::int(p.count),
            format::int(polls)
        ))))
}

fn futures() -> Table {
    let sizes = [
        Size::of::<0>(),
        Size::of::<1>(),
        Size::of::<4>(),
        Size::of::<16>(),
        Size::of::<64>(),
    ];
    let rows = sizes.map(|Size { count, hold, finish, close }| {
        let python = coroutine_bytes(count);
        [count, hold, finish, close, python].map(Cell::from).into()
    });
    Table {
        title: "멈춰 있는 것 하나의 크기".into(),
        badge: Badge::Exact,
        columns: vec![
            Column::number("기억하는 값", "개"),
            Column::number("Rust 퓨처: await 뒤에 씀", "B"),
            Column::number("앞에서 다 씀", "B"),
            Column::number("앞의 블록에서 다 씀", "B"),
            Column::number("CPython 3.13 코루틴", "B(모형)"),
        ],
        rows: rows.into(),
    }
}

fn totals(p: &Params) -> Table {
    let keep = Size::of::<4>().hold;
    let row = |name: &str, each: u64| {
        vec![
            name.into(),
            format::bytes(each).into(),
            format::bytes(each * p.count).into(),
        ]
    };
    Table {
        title: format!("{}개라면", format::int(p.count)),
        badge: Badge::Model,
        columns: vec![
            Column::text("무엇"),
            Column::text("하나"),
            Column::text("모두"),
        ],
        rows: vec![
            row("Rust 퓨처, 값 4개", keep),
            row(
                &format!("CPython 3.13 코루틴, 지역 변수 {}개", p.locals),
                coroutine_bytes(p.locals),
            ),
            row("스레드의 스택(주소 공간)", STACK_MIB << 20),
        ],
    }
}

/// 몇 개까지 되는가: 로그–로그에서 나란한 직선들.
fn growth(p: &Params) -> Chart {
    const COUNTS: [u64; 4] = [100, 1_000, 10_000, 100_000];
    let keep = Size::of::<4>().hold;
    let mib = (1 << 20) as f64;
    let series = |name: &str, each: f64| Series {
        name: name.into(),
        shape: Shape::Line,
        points: COUNTS
            .map(|count| (count as f64, count as f64 * each / mib).into())
            .into(),
    };
    Chart {
        title: "작업의 수와 메모리".into(),
        badge: Badge::Model,
        x: Axis::log("작업의 수", "개"),
        y: Axis::log("메모리", "MiB"),
        series: vec![
            series("스레드의 스택(주소 공간)", STACK_MIB as f64 * mib),
            series(
                &format!("CPython 3.13 코루틴, 지역 변수 {}개", p.locals),
                coroutine_bytes(p.locals) as f64,
            ),
            series("Rust 퓨처, 값 4개", keep as f64),
        ],
        marks: Vec::new(),
    }
}

fn verdict(report: &Report) -> Verdict {
    let size = report.int("coroutine_bytes").unwrap_or(0);
    let count = report.int("stack_mib").unwrap_or(0) / STACK_MIB;
    let keep = Size::of::<4>().hold;
    Verdict::number(
        format!("{size}바이트"),
        size as f64,
        format!(
            "{}개면 {}. 스레드라면 스택의 주소 공간만 {}임. 값 4개를 \
             기억하는 Rust 퓨처는 {keep}바이트임.",
            format::int(count),
            format::bytes(size * count),
            format::bytes((count * STACK_MIB) << 20),
        ),
    )
}

/// 한 번에 띄우는 스레드의 수.
#[cfg(not(target_family = "wasm"))]
const THREADS: u64 = 50;

fn measure(p: &Params, ctx: &mut Ctx) -> Result<Vec<View>, Failure> {
    // 함께 재는 것들이 같은 수라야 견줄 수 있음
    let count = p.count.min(10_000);
    let futures = move || round_robin(black_box(count), 1).1;
    #[cfg_attr(target_family = "wasm", expect(unused_mut))]
    let mut cases = vec![Case::new("퓨처", count, futures)];
    #[cfg(not(target_family = "wasm"))]
    cases.push(Case::new("스레드", THREADS, spawn_threads));
    #[cfg(all(not(target_family = "wasm"), feature = "concurrency"))]
    {
        let runtime = super::loopback::runtime()?;
        let spawn = move || runtime.block_on(spawn_tasks(count));
        cases.push(Case::new("tokio 작업", count, spawn));
    }
    // 풀어 준 메모리를 다시 쓰면 늘어난 것이 보이지 않으므로 먼저 잼
    let weights = weights(count)?;
    let mut views = compare(ctx, "하나를 만들고 끝내기", "작업 하나", cases)?;
    views.extend(weights);
    Ok(views)
}

/// 스레드를 띄우고 기다림. 끝까지 간 스레드의 수를 냄.
#[cfg(not(target_family = "wasm"))]
fn spawn_threads() -> u64 {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|at| scope.spawn(move || black_box(at)))
            .collect();
        threads.into_iter().filter_map(|one| one.join().ok()).count() as u64
    })
}

/// 한 번 양보하고 끝나는 작업을 띄우고 기다림.
#[cfg(all(not(target_family = "wasm"), feature = "concurrency"))]
async fn spawn_tasks(count: u64) -> u64 {
    let mut tasks = tokio::task::JoinSet::new();
    for at in 0..count {
        tasks.spawn(async move {
            tokio::task::yield_now().await;
            at
        });
    }
    tasks.join_all().await.into_iter().fold(0, u64::wrapping_add)
}

#[cfg(target_family = "wasm")]
fn weights(_: u64) -> Result<Vec<View>, Failure> {
    Ok(vec![note(
        "스레드와 tokio 작업은 네이티브에서만 잼. 페이지의 스레드는 Web \
         Worker이고, 하나하나가 제 JavaScript 엔진을 가져 코루틴과 견줄 \
         무게가 아님",
    )])
}

#[cfg(all(not(target_family = "wasm"), not(target_os = "linux")))]
fn weights(_: u64) -> Result<Vec<View>, Failure> {
    Ok(vec![note("물리 메모리는 리눅스에서만 잼(/proc/self/status)")])
}

/// 지금 물리 메모리에 있는 KiB.
#[cfg(target_os = "linux")]
fn resident() -> Option<u64> {
    // statm은 페이지의 수라, 페이지가 4 KiB가 아닌 기계에서 달라짐
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let size = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    size.split_whitespace().next()?.parse().ok()
}

/// 멈춰 있는 것 하나가 늘린 물리 메모리.
#[cfg(target_os = "linux")]
fn weights(count: u64) -> Result<Vec<View>, Failure> {
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::thread;
    use std::time::Duration;

    let unreadable =
        || Failure::Unavailable("/proc/self/status를 읽지 못함".into());
    let mut rows = Vec::new();
    let mut row = |name: &str, count: u64, kib: u64| {
        let each = kib as f64 * 1_024.0 / count as f64;
        rows.push(vec![name.into(), count.into(), Cell::fixed(each, 0)]);
    };
    #[cfg(feature = "concurrency")]
    {
        let runtime = super::loopback::runtime()?;
        let before = resident().ok_or_else(unreadable)?;
        let after = runtime.block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..count {
                tasks.spawn(std::future::pending::<()>());
            }
            tokio::task::yield_now().await;
            resident()
        });
        let after = after.ok_or_else(unreadable)?;
        row("멈춰 있는 tokio 작업", count, after.saturating_sub(before));
    }
    #[cfg(not(feature = "concurrency"))]
    let _ = count;
    let gate = (Mutex::new(false), Condvar::new());
    let before = resident().ok_or_else(unreadable)?;
    let after = thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let (open, bell) = &gate;
                let guard =
                    open.lock().unwrap_or_else(PoisonError::into_inner);
                // 깨워 줄 때까지 멈춰 있음
                drop(bell.wait_while(guard, |open| !*open));
            });
        }
        // 모두가 제 스택을 밟고 멈출 때까지
        thread::sleep(Duration::from_millis(50));
        let after = resident();
        *gate.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        gate.1.notify_all();
        after
    });
    let after = after.ok_or_else(unreadable)?;
    row("멈춰 있는 스레드", THREADS, after.saturating_sub(before));
    Ok(vec![View::Table(Table {
        title: "물리 메모리, 한 번 잰 것".into(),
        badge: Badge::Measured,
        columns: vec![
            Column::text("무엇"),
            Column::number("띄운 수", "개"),
            Column::number("하나에", "B"),
        ],
        rows,
    })])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_with;

    /// 한 작업을 끝내는 데 멈추는 수보다 한 걸음이 더 듦.
    #[test]
    fn a_task_is_polled_once_more_than_it_waits() {
        let report = run_with("task_footprint", &[]);
        assert_eq!(report.int("polls"), Some(40_000));
        assert_eq!(report.int("coroutine_bytes"), Some(224));
        assert_eq!(report.int("stack_mib"), Some(80_000));
        let once = (0..7u64).map(|at| at.wrapping_mul(31)).sum();
        assert_eq!(round_robin(7, 1), (14, once));
    }

    /// 멈출 때 범위 안에 있으면 다 쓴 것도 퓨처에 담김.
    #[test]
    fn only_a_closed_scope_is_not_stored() {
        for size in [Size::of::<4>(), Size::of::<64>()] {
            let values = 8 * size.count;
            assert!(size.hold >= values && size.finish >= values);
            assert!(size.close <= 24, "{}", size.close);
        }
    }
}
