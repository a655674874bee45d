//! 데이터플로 엔진 Timely를 켜고 끄는 한 곳: 한 워커, 여러 스레드, 여러
//! 프로세스와 호스트.
//!
//! 명령줄의 `-w -n -p -h`는 손대지 않고 Timely에게 건넴. 우리가 하는 일은
//! 셋뿐임: 소켓을 잇는 동안 기다리는 끝을 정하는 것, 상대가 죽으면 한국어로
//! 말하고 끝나는 것, 멈추라는 말을 워커에게 전하는 것.

use lab::{Ctx, Failure, Words};

/// 엔진으로 도는 실험이 받는 말.
pub const WORDS: &Words = &Words {
    flags: &['w', 'n', 'p', 'h'],
    sample: "-w 2",
    help: "\n배치: Timely에게 그대로 건넴\n  \
        -w <수>            프로세스마다 워커 스레드의 수\n  \
        -n <수>            프로세스의 수\n  \
        -p <번호>          이 프로세스의 번호: 0부터\n  \
        -h <파일>          줄마다 주소:포트인 파일. 없으면 localhost:2101부터\n",
    reports,
};

/// 여러 프로세스면 0번만 보고서를 냄.
fn reports(words: &[String]) -> bool {
    let at = words.iter().position(|word| word == "-p");
    let process = at.and_then(|at| words.get(at + 1));
    process.is_none_or(|text| text.parse() == Ok(0))
}

/// 워커가 바깥과 나누는 것: 어디까지 했는지, 멈춰야 하는지.
#[cfg(feature = "clusters")]
pub use real::{Pulse, alone, execute, turn};

/// 기능이 꺼져 있으면 배치를 고를 수 없음.
pub fn unavailable(ctx: &Ctx, name: &str) -> Result<String, Failure> {
    let flags = format!(
        "cargo run --release --features clusters --example {name} -- -w 2"
    );
    if ctx.words().is_empty() {
        return Ok(format!(
            "기능 clusters 없이 빌드해 엔진을 쓰지 않고 한 스레드로 셈함. \
             Timely로 돌리려면: {flags}"
        ));
    }
    Err(Failure::Unavailable(format!(
        "-w, -n, -p, -h는 기능 clusters를 켜야 씀: {flags}"
    )))
}

/// 같은 일을 하는 프로세스의 지문: 매개변수와, `-p`를 뺀 배치.
#[cfg(feature = "clusters")]
pub fn mark(
    name: &str,
    params: &impl std::fmt::Debug,
    words: &[String],
) -> u64 {
    let layout = words.chunks(2).filter(|pair| {
        // 주소를 적은 파일의 이름은 호스트마다 다를 수 있음
        !matches!(pair[0].as_str(), "-p" | "-h")
    });
    let layout: Vec<&[String]> = layout.collect();
    let text = format!("{name} {params:?} {layout:?}");
    lab::checksum::fnv1a(text.bytes())
}

#[cfg(feature = "clusters")]
mod real {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use timely::WorkerConfig;
    use timely::communication::Allocator;
    use timely::communication::allocator::Thread;
    use timely::worker::Worker;

    use lab::{Ctx, Failure};

    /// 워커가 바깥과 나누는 것.
    #[derive(Clone, Default)]
    pub struct Pulse {
        done: Arc<AtomicU64>,
        stop: Arc<AtomicBool>,
    }

    impl Pulse {
        /// 일을 `items`만큼 더 했음. 멈춰야 하면 참.
        pub fn beat(&self, items: u64) -> bool {
            self.done.fetch_add(items, Ordering::Relaxed);
            self.stop.load(Ordering::Relaxed)
        }
    }

    /// 일을 한 걸음 함. 시계가 없는 워커는 혼자라 기다릴 상대도 없음.
    pub fn turn(worker: &mut Worker) {
        #[cfg(not(target_family = "wasm"))]
        if worker.timer().is_some() {
            // 멈춤을 볼 수 있게 오래 자지 않음
            let nap = std::time::Duration::from_millis(20);
            worker.step_or_park(Some(nap));
            return;
        }
        worker.step();
    }

    // ANCHOR: embedded
    /// 부른 스레드에서 워커 하나로 돌림: 시계도 스레드도 쓰지 않아 페이지에서
    /// 그대로 돎.
    pub fn alone<T>(job: impl FnOnce(&mut Worker) -> T) -> T {
        let allocator = Allocator::Thread(Thread::default());
        let mut worker = Worker::new(WorkerConfig::default(), allocator, None);
        let answer = job(&mut worker);
        while worker.has_dataflows() {
            worker.step();
        }
        answer
    }
    // ANCHOR_END: embedded

    /// 모든 워커가 같은 `job`을 실행하고, 이 프로세스의 워커마다 돌려준 것을
    /// 워커의 차례로 모음. `items`는 이 프로세스가 할 일의 양이고, `mark`는
    /// 같은 일을 하는 프로세스끼리만 이어지게 하는 지문임.
    #[cfg(target_family = "wasm")]
    pub fn execute<T: Send + 'static>(
        _: &Ctx,
        _items: u64,
        _mark: u64,
        job: impl Fn(&mut Worker, &Pulse) -> T + Send + Sync + 'static,
    ) -> Result<Vec<T>, Failure> {
        Ok(vec![alone(|worker| job(worker, &Pulse::default()))])
    }

    #[cfg(not(target_family = "wasm"))]
    pub use native::execute;

    #[cfg(not(target_family = "wasm"))]
    pub mod native {
        use std::sync::mpsc::{RecvTimeoutError, channel};
        use std::time::Duration;

        use timely::Config;
        use timely::communication::initialize::WorkerGuards;
        use timely::execute::execute_from;

        use super::super::super::sockets;
        use super::*;

        pub fn execute<T: Send + 'static>(
            ctx: &Ctx,
            items: u64,
            mark: u64,
            job: impl Fn(&mut Worker, &Pulse) -> T + Send + Sync + 'static,
        ) -> Result<Vec<T>, Failure> {
            let layout = sockets::layout(ctx.words(), ctx.threads())?;
            let cluster = layout.processes > 1;
            if !cluster && layout.threads == 1 {
                return Ok(vec![alone(|worker| {
                    job(worker, &Pulse::default())
                })]);
            }
            let pulse = Pulse::default();
            let (finished, wait) = channel();
            let inner = pulse.clone();
            let work = move |worker: &mut Worker| {
                let answer = job(worker, &inner);
                // 답을 내도 남은 걸음은 마저 함: 다른 워커가 기다림
                while worker.has_dataflows() {
                    turn(worker);
                }
                let _ = finished.send(());
                answer
            };
            let guards = start(ctx, &layout, mark, work)?;
            let mut left = layout.threads;
            while left > 0 {
                match wait.recv_timeout(Duration::from_millis(20)) {
                    Ok(()) => left -= 1,
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => {
                        let done = pulse.done.load(Ordering::Relaxed);
                        let told = ctx.progress(done, items, "흘려 보내기");
                        if told.is_ok() {
                            continue;
                        }
                        if cluster {
                            sockets::stop();
                        }
                        pulse.stop.store(true, Ordering::Relaxed);
                    }
                }
            }
            let answers: Result<Vec<T>, String> =
                guards.join().into_iter().collect();
            if pulse.stop.load(Ordering::Relaxed) {
                return Err(Failure::Stopped);
            }
            answers.map_err(|why| {
                Failure::Unavailable(format!("워커가 끝까지 가지 못함: {why}"))
            })
        }

        fn start<T: Send + 'static>(
            ctx: &Ctx,
            layout: &sockets::Layout,
            mark: u64,
            work: impl Fn(&mut Worker) -> T + Send + Sync + 'static,
        ) -> Result<WorkerGuards<T>, Failure> {
            let failed = |why| {
                let why = format!("워커를 시작하지 못함: {why}");
                Failure::Unavailable(why)
            };
            if layout.processes == 1 {
                let config = Config::process(layout.threads);
                return timely::execute(config, work).map_err(failed);
            }
            let (builders, guard) = sockets::join(ctx, layout, mark)?;
            let config = layout.config.worker.clone();
            execute_from(builders, guard, config, work).map_err(failed)
        }
    }
}
