//! 실험이 바깥에 부탁하는 몇 가지: 시계, 진행 알림, 멈춤, 그리고 이
//! 프로그램 밖으로 나갔다 오는 일.

use std::fmt;

use serde::Serialize;

use super::report::Env;

/// 실행 환경. 네이티브는 `cli`, 페이지는 `wasm`이 구현함.
pub trait Host: Sync {
    /// 단조 시계, ns. 기준점은 뜻이 없음.
    fn now_ns(&self) -> f64;

    /// 병렬 실행에 쓸 수 있는 스레드의 수.
    fn threads(&self) -> usize;

    /// 긴 일의 진행: `fraction`은 0–1.
    fn progress(&self, fraction: f64, label: &str);

    /// 사용자가 멈추라고 했는가.
    fn stopped(&self) -> bool;

    /// 보고서에 적을 환경.
    fn env(&self) -> Env;

    /// 명령줄에서 받아 실험에 그대로 건네는 말: `-w 2`.
    fn words(&self) -> &[String] {
        &[]
    }

    /// 실행 중에 만든 WASM 모듈을 올리고, 내보낸 함수들이 놓인 함수 표의
    /// 번호를 돌려줌. 모듈은 `env.memory`로 우리 메모리를 받음.
    fn instantiate(
        &self,
        module: &[u8],
        exports: &[&str],
    ) -> Result<Vec<usize>, Failure> {
        let _ = (module, exports);
        Err(Failure::Unavailable(
            "실행 중에 만든 WASM 모듈은 페이지에서만 올림".into(),
        ))
    }

    /// 보낸 것을 그대로 돌려주는 쪽과 주고받음. 표본마다 한 번 오간 시간, ns.
    fn echo(&self, echo: &Echo) -> Result<Vec<f64>, Failure> {
        Err(Failure::Unavailable(format!(
            "{}: 이 환경에는 없음",
            echo.way.label()
        )))
    }

    /// JavaScript와 WASM의 경계를 넘으며 `items`를 차례로 더함.
    fn cross(
        &self,
        crossing: Crossing,
        items: &[f64],
        batch: usize,
    ) -> Result<Crossed, Failure> {
        let _ = (crossing, items, batch);
        Err(Failure::Unavailable(
            "JavaScript와 WASM의 경계는 페이지에만 있음".into(),
        ))
    }
}

/// 다른 일꾼에게 데이터를 건네는 길. 앞의 넷은 페이지에, 뒤의 넷은
/// 네이티브에 있음.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// `postMessage`의 구조화된 복제.
    Clone,
    /// 버퍼의 주인을 넘김.
    Transfer,
    /// `SharedArrayBuffer`에 적고 깨움. 격리된 페이지에만 있음.
    Shared,
    /// JSON 글로 바꾸어 보냄.
    Json,
    /// 같은 프로세스의 스레드 사이 채널: 주인을 넘김.
    Channel,
    /// 자식 프로세스의 표준 입출력.
    Pipe,
    /// 자식 프로세스와 맺은 루프백 TCP.
    Socket,
    /// 자식 프로세스와 함께 사상한 파일. 신호만 파이프로 보냄.
    SharedMemory,
}

impl Way {
    pub const BROWSER: [Way; 4] =
        [Way::Clone, Way::Transfer, Way::Shared, Way::Json];
    pub const NATIVE: [Way; 4] =
        [Way::Channel, Way::Pipe, Way::Socket, Way::SharedMemory];

    /// 화면의 이름.
    pub fn label(self) -> &'static str {
        match self {
            Way::Clone => "복제",
            Way::Transfer => "이전",
            Way::Shared => "SharedArrayBuffer",
            Way::Json => "JSON",
            Way::Channel => "채널",
            Way::Pipe => "파이프",
            Way::Socket => "소켓",
            Way::SharedMemory => "공유 메모리",
        }
    }
}

/// 한 가지 오가기.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Echo {
    pub way: Way,
    /// 한 번에 건네는 바이트. 객체를 건네면 그 객체들의 글의 길이가 이만큼임.
    pub bytes: u64,
    /// 표본 하나에 오가는 횟수.
    pub rounds: u32,
    /// 버퍼 하나 대신 작은 객체 여럿을 건넴: 보낼 때마다 늘어놓고 받아서
    /// 다시 세움.
    pub nested: bool,
}

/// 경계를 넘는 방법.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crossing {
    /// JavaScript가 원소마다 WASM 함수를 부름.
    Element,
    /// 묶음마다 WASM의 메모리로 복사하고 한 번 부름.
    Copy,
    /// 이미 WASM의 메모리에 있는 묶음마다 한 번 부름.
    View,
    /// WASM이 원소마다 JavaScript 함수를 부름.
    Callback,
}

/// 경계를 넘어 본 결과.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossed {
    /// 모두 한 번 더하는 데 걸린 시간, ns.
    pub ns: f64,
    /// 앞에서부터 더한 합.
    pub sum: f64,
}

/// 아무것도 알리지 않고 시계도 없는 환경: 정확한 부분의 시험과 문서용.
pub struct Quiet;

impl Host for Quiet {
    fn now_ns(&self) -> f64 {
        0.0
    }
    fn threads(&self) -> usize {
        1
    }
    fn progress(&self, _: f64, _: &str) {}
    fn stopped(&self) -> bool {
        false
    }
    fn env(&self) -> Env {
        Env::default()
    }
}

/// 매개변수의 범위를 정하는 곳.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Browser,
    Native,
}

impl Scope {
    /// 이 자리의 것을 고름.
    pub fn pick<T>(self, browser: T, native: T) -> T {
        match self {
            Scope::Browser => browser,
            Scope::Native => native,
        }
    }
}

/// 실험이 받는 문맥.
pub struct Ctx<'a> {
    host: &'a dyn Host,
    pub scope: Scope,
}

impl<'a> Ctx<'a> {
    pub fn new(host: &'a dyn Host, scope: Scope) -> Self {
        Ctx { host, scope }
    }

    pub fn now_ns(&self) -> f64 {
        self.host.now_ns()
    }

    pub fn threads(&self) -> usize {
        self.host.threads()
    }

    pub fn env(&self) -> Env {
        self.host.env()
    }

    pub fn words(&self) -> &[String] {
        self.host.words()
    }

    pub fn instantiate(
        &self,
        module: &[u8],
        exports: &[&str],
    ) -> Result<Vec<usize>, Failure> {
        self.host.instantiate(module, exports)
    }

    pub fn echo(&self, echo: &Echo) -> Result<Vec<f64>, Failure> {
        self.host.echo(echo)
    }

    pub fn cross(
        &self,
        crossing: Crossing,
        items: &[f64],
        batch: usize,
    ) -> Result<Crossed, Failure> {
        self.host.cross(crossing, items, batch)
    }

    /// 진행을 알리고, 멈추라는 말이 있었으면 오류로 돌아감.
    pub fn progress(
        &self,
        done: u64,
        total: u64,
        label: &str,
    ) -> Result<(), Failure> {
        if self.host.stopped() {
            return Err(Failure::Stopped);
        }
        let fraction = done as f64 / total.max(1) as f64;
        self.host.progress(fraction, label);
        Ok(())
    }
}

/// 실험이 끝까지 가지 못한 까닭. 글은 그대로 독자에게 보임.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// 매개변수가 잘못됨. 이름·값·범위를 말함.
    Param { field: String, message: String },
    /// 사용자가 멈춤.
    Stopped,
    /// 이 환경에서는 할 수 없음.
    Unavailable(String),
    /// 환경이 답을 얻어 올 때까지 기다려야 함: 얻은 뒤에 처음부터 다시 부름.
    ///
    /// WASM은 작업자의 답을 기다리며 멈춰 있을 수 없으므로, 실험은 이것을
    /// 그대로 돌려주고(`?`) 다시 불리면 같은 부탁에 바로 답을 받음.
    Pending(Echo),
}

impl Failure {
    pub fn param(field: &str, message: String) -> Self {
        Failure::Param { field: field.to_owned(), message }
    }

    /// 잘못된 칸의 이름. 페이지가 그 칸 아래에 글을 붙임.
    pub fn field(&self) -> Option<&str> {
        match self {
            Failure::Param { field, .. } => Some(field),
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Param { message, .. } => f.write_str(message),
            Failure::Stopped => f.write_str("중지함"),
            Failure::Unavailable(why) => f.write_str(why),
            Failure::Pending(echo) => {
                write!(f, "{}의 답을 기다림", echo.way.label())
            }
        }
    }
}

impl std::error::Error for Failure {}
