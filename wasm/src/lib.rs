//! 실험을 브라우저와 Node에서 부르는 얇은 껍질.
//!
//! 실험마다 따로 쓴 코드는 없음: 이름을 등록부에서 찾아 실행함.

#![cfg(target_family = "wasm")]
#![feature(alloc_error_hook)]

use std::alloc::Layout;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use lab::measure::{self, PythonTiming, python_views};
use lab::report::{Answer, Env, Table};
use lab::{
    Crossed, Crossing, Ctx, Echo, Entry, Failure, Host, Report, Scope, Value,
    Values, Verdict, View,
};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

// 스레드가 필요한 쪽은 이것을 먼저 부름. 부르지 않으면 rayon은 부른
// 스레드 하나로 같은 일을 함.
pub use wasm_bindgen_rayon::init_thread_pool;

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    fn now() -> f64;
    fn cpu() -> String;
    fn progress(fraction: f64, label: &str);
    fn failed(run: u32, text: &str);
    #[wasm_bindgen(js_name = outOfMemory)]
    fn out_of_memory(run: u32, bytes: f64);
    #[wasm_bindgen(catch)]
    fn instantiate(
        module: &[u8],
        exports: &str,
        memory: JsValue,
        table: JsValue,
    ) -> Result<Vec<u32>, JsValue>;
    #[wasm_bindgen(js_name = crossElements)]
    fn cross_elements(table: JsValue, add: usize, items: &[f64]) -> Vec<f64>;
    #[wasm_bindgen(js_name = crossBatches)]
    fn cross_batches(
        table: JsValue,
        sum: usize,
        memory: JsValue,
        at: *const f64,
        items: &[f64],
        batch: usize,
        copy: bool,
    ) -> Vec<f64>;
    #[wasm_bindgen(js_name = addOne)]
    fn add_one(sum: f64, item: f64) -> f64;
}

/// 지금 하는 실행의 번호. 알림은 같은 출처의 모든 탭에 가므로, 번호로
/// 자기 것을 가림.
static RUN: AtomicU32 = AtomicU32::new(0);

/// 장 하나의 실험으로 모듈을 만듦: `chapters/<장>.rs`의 전부.
#[macro_export]
macro_rules! chapter {
    ($chapter:ident) => {
        #[wasm_bindgen::prelude::wasm_bindgen(start)]
        fn start() {
            $crate::start($chapter::ENTRIES);
        }
    };
}

/// 패닉과 메모리 부족을 알리게 하고, `entries`를 실험으로 둠.
///
/// 풀의 스레드가 멈추면 부른 쪽은 깨어날 수 없는 기다림에 남으므로,
/// 오류 값이 아니라 방송으로 알리고 페이지가 워커를 통째로 끝냄.
pub fn start(entries: &'static [Entry]) {
    // 스레드마다 불리더라도 같은 장임
    let _ = ENTRIES.set(entries);
    std::panic::set_hook(Box::new(report_panic));
    std::alloc::set_alloc_error_hook(report_memory);
}

fn report_panic(info: &PanicHookInfo) {
    let message = info.payload_as_str().unwrap_or("까닭을 알 수 없음");
    let place = info.location().map(ToString::to_string);
    let place = place.as_deref().unwrap_or("자리를 알 수 없음");
    let text = format!("실험이 멈춤: {message} ({place})");
    failed(RUN.load(Ordering::Relaxed), &text);
}

fn report_memory(layout: Layout) {
    out_of_memory(RUN.load(Ordering::Relaxed), layout.size() as f64);
}

/// 다음 실행의 번호를 정함. `lab-panic` 알림의 `run`이 이 값임.
#[wasm_bindgen]
pub fn identify(run: u32) {
    RUN.store(run, Ordering::Relaxed);
}

/// 정확한 부분을 실행함.
///
/// `params`는 이름과 값의 JSON 객체. 결과는 `{"ok": 보고서}` 또는
/// `{"error": {"field": 이름 | null, "message": 글}}`.
#[wasm_bindgen]
pub fn run(name: &str, params: &str) -> String {
    answer(name, params, Entry::run)
}

/// 시간을 재는 부분을 실행함. 결과의 `ok`는 볼 것의 배열.
///
/// `{"pending": 부탁}`이면 작업자가 그 일을 하고 [`provide`]로 답을 준 뒤
/// 처음부터 다시 불러야 함.
#[wasm_bindgen]
pub fn measure(name: &str, params: &str) -> String {
    let json = answer(name, params, Entry::measure);
    if !json.starts_with(PENDING) {
        provided().clear();
    }
    json
}

const PENDING: &str = "{\"pending\":";

/// 기다리던 답: 표본마다 ns, 또는 할 수 없는 까닭.
#[wasm_bindgen]
pub fn provide(request: String, samples: Vec<f64>, problem: Option<String>) {
    let answer = problem.map_or(Ok(samples), Err);
    provided().insert(request, answer);
}

type Provided = BTreeMap<String, Result<Vec<f64>, String>>;

fn provided() -> MutexGuard<'static, Provided> {
    static PROVIDED: Mutex<Provided> = Mutex::new(BTreeMap::new());
    PROVIDED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 한 실행에서 예측의 정답을 정하는 것. 보고서를 통째로 다시 읽는 코드는
/// 내려받기에 큼.
#[derive(Deserialize)]
struct Case {
    params: BTreeMap<String, Value>,
    answers: BTreeMap<String, Answer>,
    /// 보고서의 표와 잰 표.
    tables: Vec<Table>,
    /// Python이 잰 시간.
    timings: Vec<PythonTiming>,
}

/// 잰 것과 Python의 시간으로 예측의 정답을 다시 계산함.
///
/// 시간을 묻는 예측은 잰 뒤에야 정답이 있음. `case`는 [`Case`]의 JSON이고,
/// 결과의 `ok`는 `Verdict`.
#[wasm_bindgen]
pub fn judge(name: &str, case: &str) -> String {
    written(judged(name, case))
}

fn judged(name: &str, case: &str) -> Result<Option<Verdict>, Failure> {
    let case: Case = read(case)?;
    let (entry, params) = prepare(name, &case.params)?;
    let tables = case.tables.into_iter().map(View::Table);
    let mut report = Report {
        params,
        answers: case.answers,
        views: tables.chain(python_views(&case.timings)).collect(),
        env: Ctx::new(&Browser, Scope::Browser).env(),
        ..Report::default()
    };
    entry.judge(&mut report);
    Ok(report.verdict)
}

/// 사고 연습: 풀의 스레드에서 정말로 패닉하거나, 메모리를 다 씀.
///
/// 시험만 부름. 사고를 알리는 길은 정말로 나 보아야 확인됨.
#[wasm_bindgen]
pub fn rehearse(what: &str, _: &str) {
    (0..1_000u32).into_par_iter().for_each(|_| match what {
        "memory" => drop(black_box(Vec::<u8>::with_capacity(1 << 30))),
        _ => panic!("연습"),
    });
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome<T> {
    Ok(T),
    /// 작업자에게 하는 부탁의 JSON.
    Pending(String),
    Error {
        field: Option<String>,
        message: String,
    },
}

fn answer<T: Serialize>(
    name: &str,
    params: &str,
    work: fn(&Entry, &Values, &mut Ctx) -> Result<T, Failure>,
) -> String {
    let result = read(params)
        .and_then(|given| prepare(name, &given))
        .and_then(|(entry, values)| {
            work(entry, &values, &mut Ctx::new(&Browser, Scope::Browser))
        });
    written(result)
}

fn written<T: Serialize>(result: Result<T, Failure>) -> String {
    let outcome = match result {
        Ok(value) => Outcome::Ok(value),
        Err(Failure::Pending(echo)) => Outcome::Pending(request(&echo)),
        Err(failure) => Outcome::Error {
            field: failure.field().map(str::to_owned),
            message: failure.to_string(),
        },
    };
    serde_json::to_string(&outcome).unwrap_or_else(|error| error.to_string())
}

fn request(echo: &Echo) -> String {
    serde_json::to_string(echo).unwrap_or_default()
}

/// 경계를 넘어 불리는 쪽.
extern "C" fn add(sum: f64, item: f64) -> f64 {
    sum + item
}

extern "C" fn add_all(sum: f64, at: *const f64, len: usize) -> f64 {
    // SAFETY: `Browser::cross`가 빌려준 메모리의 안쪽만 받음.
    let items = unsafe { std::slice::from_raw_parts(at, len) };
    items.iter().fold(sum, |sum, item| sum + item)
}

/// 이 모듈이 맡은 장의 실험.
static ENTRIES: OnceLock<&'static [Entry]> = OnceLock::new();

fn find(name: &str) -> Result<&'static Entry, Failure> {
    let entries = ENTRIES.get().copied().unwrap_or_default();
    lab::find(entries, name)
        .ok_or_else(|| Failure::Unavailable(format!("{name}: 없는 실험임")))
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, Failure> {
    serde_json::from_str(json).map_err(|error| {
        Failure::Unavailable(format!("받은 것을 읽지 못함: {error}"))
    })
}

fn prepare(
    name: &str,
    given: &BTreeMap<String, Value>,
) -> Result<(&'static Entry, Values), Failure> {
    let entry = find(name)?;
    let texts: Vec<_> = given
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_string()))
        .collect();
    let pairs = texts.iter().map(|(name, text)| (*name, text.as_str()));
    Ok((entry, entry.table().parse(pairs, Scope::Browser)?))
}

/// WASM이 원소마다 JavaScript를 부름: 걸린 시간(ns)과 합.
fn call_back(items: &[f64]) -> Vec<f64> {
    let start = now();
    let mut passes = 0.0;
    loop {
        let sum = items.iter().fold(0.0, |sum, item| add_one(sum, *item));
        passes += 1.0;
        let elapsed = now() - start;
        if elapsed >= CROSS_MS {
            return vec![elapsed * 1e6 / passes, sum];
        }
    }
}

/// 눈금 100 µs인 시계로도 잴 수 있는 길이. host.js의 것과 같음.
const CROSS_MS: f64 = 20.0;

/// 워커 안의 실행 환경.
struct Browser;

impl Host for Browser {
    fn now_ns(&self) -> f64 {
        now() * 1e6
    }

    fn threads(&self) -> usize {
        rayon::current_num_threads()
    }

    fn progress(&self, fraction: f64, label: &str) {
        progress(fraction, label);
    }

    /// 페이지는 워커를 끝내서 멈춤.
    fn stopped(&self) -> bool {
        false
    }

    fn instantiate(
        &self,
        module: &[u8],
        exports: &[&str],
    ) -> Result<Vec<usize>, Failure> {
        let slots = instantiate(
            module,
            &exports.join(","),
            wasm_bindgen::memory(),
            wasm_bindgen::function_table(),
        );
        let slots = slots.map_err(|error| {
            let why = error.as_string().unwrap_or_default();
            Failure::Unavailable(format!("만든 모듈을 올리지 못함: {why}"))
        })?;
        Ok(slots.into_iter().map(|slot| slot as usize).collect())
    }

    fn echo(&self, echo: &Echo) -> Result<Vec<f64>, Failure> {
        match provided().get(&request(echo)) {
            Some(answer) => answer.clone().map_err(Failure::Unavailable),
            None => Err(Failure::Pending(*echo)),
        }
    }

    fn cross(
        &self,
        crossing: Crossing,
        items: &[f64],
        batch: usize,
    ) -> Result<Crossed, Failure> {
        let batch = batch.clamp(1, items.len().max(1));
        let table = wasm_bindgen::function_table();
        let memory = wasm_bindgen::memory();
        let add_all = add_all as *const () as usize;
        let measured = match crossing {
            Crossing::Element => {
                cross_elements(table, add as *const () as usize, items)
            }
            Crossing::Copy => {
                // JavaScript가 채우고 `add_all`이 읽는 자리
                let mut scratch = vec![0.0; batch];
                let at = scratch.as_mut_ptr();
                cross_batches(table, add_all, memory, at, items, batch, true)
            }
            Crossing::View => {
                let at = items.as_ptr();
                cross_batches(table, add_all, memory, at, items, batch, false)
            }
            Crossing::Callback => call_back(items),
        };
        match measured[..] {
            [ns, sum] => Ok(Crossed { ns, sum }),
            _ => Err(Failure::Unavailable("경계를 재지 못함".into())),
        }
    }

    fn env(&self) -> Env {
        static ENV: OnceLock<Env> = OnceLock::new();
        ENV.get_or_init(|| Env {
            runtime: "wasm".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            cpu: cpu(),
            threads: self.threads() as u32,
            simd: "simd128".to_owned(),
            clock_step_ns: measure::clock_step(self).unwrap_or(0.0),
            build: "wasm".to_owned(),
        })
        .clone()
    }
}
