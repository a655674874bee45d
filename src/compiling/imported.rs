//! 페이지의 기계어: 우리가 적은 WASM 모듈을 브라우저가 컴파일한 것.

use std::mem;
use std::sync::atomic::{AtomicU32, Ordering};

use super::emit;
use super::expr::Expr;
use lab::{Ctx, Failure};

type Single = extern "C" fn(f64) -> f64;
type Whole = unsafe extern "C" fn(*const f64, *mut f64, usize);

/// 기계어로 바꾼 식.
pub struct Machine {
    single: Single,
    whole: Whole,
}

impl Machine {
    pub fn new(expr: &Expr, ctx: &Ctx) -> Result<Self, Failure> {
        if cfg!(not(target_family = "wasm")) {
            return Err(Failure::Unavailable(
                "기계어 엔진이 빠진 빌드임: cargo run에 \
                 --features compiling을 붙이면 들어감. 나머지 엔진은 그대로 \
                 돎"
                .into(),
            ));
        }
        let bytes = stamped(emit::module(expr));
        let slots = ctx.instantiate(&bytes, &emit::EXPORTS)?;
        let &[single, whole] = slots.as_slice() else {
            let why = "모듈이 내보낸 함수가 둘이 아님";
            return Err(Failure::Unavailable(why.into()));
        };
        // SAFETY: 방금 만든 모듈의 서명이고, 칸은 함수 표에 남아 있음
        let (single, whole) = unsafe {
            (
                mem::transmute::<usize, Single>(single),
                mem::transmute::<usize, Whole>(whole),
            )
        };
        Ok(Machine { single, whole })
    }

    pub fn single(&self, x: f64) -> f64 {
        (self.single)(x)
    }

    /// `out`의 길이만큼만 셈함.
    pub fn whole(&self, xs: &[f64], out: &mut [f64]) {
        let len = xs.len().min(out.len());
        // SAFETY: 두 조각이 모두 len개 이상이고 겹치지 않음
        unsafe { (self.whole)(xs.as_ptr(), out.as_mut_ptr(), len) }
    }
}

/// 뜻 없는 번호를 덧붙임: 브라우저는 같은 바이트를 다시 컴파일하지 않으므로,
/// 그대로 두면 두 번째부터의 준비가 거짓으로 빠름.
fn stamped(mut module: Vec<u8>) -> Vec<u8> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    const CUSTOM_SECTION: u8 = 0;
    const NAME: u8 = b'n';
    let count = COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes();
    module.extend([CUSTOM_SECTION, 2 + count.len() as u8, 1, NAME]);
    module.extend(count);
    module
}
