//! 실험이 바깥에 부탁하는 몇 가지: 시계, 진행 알림, 멈춤.

use std::fmt;

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
        }
    }
}

impl std::error::Error for Failure {}
