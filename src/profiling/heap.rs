//! 세는 할당기: 버퍼가 할당기에 무엇을 부탁하는지 장부에 적음.
//!
//! 전역 할당기가 아니라 버퍼마다 쥐여 주는 것이라, 다른 할당이 섞이지 않고
//! 브라우저에서도 셈.

use std::cell::Cell;
use std::ptr::NonNull;

use allocator_api2::alloc::{AllocError, Allocator, Global, Layout};

/// 부탁한 크기. 글은 어디서나 같고, 포인터 폭의 낱말은 기계마다 4나
/// 8바이트라 따로 셈: 어디서 돌든 두 폭의 바이트를 모두 앎.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub text: u64,
    pub words: u64,
}

impl Size {
    fn of(layout: Layout) -> Self {
        let bytes = layout.size() as u64;
        match layout.align() {
            1 => Size { text: bytes, words: 0 },
            _ => Size { text: 0, words: bytes / size_of::<usize>() as u64 },
        }
    }

    /// 포인터 하나가 `pointer`바이트인 기계의 바이트.
    pub fn bytes(self, pointer: u64) -> u64 {
        self.text + pointer * self.words
    }
}

/// 바이트가 2의 거듭제곱 몇 이하인가로 나눈 칸의 수.
pub const CLASSES: usize = 32;

/// 이 스레드에서 [`Counted`]가 부탁받은 것.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// 지금 쥔 것.
    pub live: Size,
    /// 부탁한 것을 모두 더한 것.
    pub total: Size,
    /// 가장 많이 쥐었을 때의 바이트: 포인터가 8바이트일 때와 4바이트일 때.
    pub peak_64: u64,
    pub peak_32: u64,
    /// 할당하거나 키운 횟수.
    pub calls: u64,
    /// 부탁한 크기(64비트)별 횟수: `k`번은 2^k바이트 이하.
    pub classes: [u32; CLASSES],
}

impl Ledger {
    /// `old`를 내놓고 `new`를 받음. 키우는 동안 둘이 함께 있는 순간은
    /// 할당기의 사정이라 세지 않음: `tracemalloc`도 그럼.
    fn swap(&mut self, old: Size, new: Size) {
        self.live.text += new.text;
        self.live.words += new.words;
        self.release(old);
        self.total.text += new.text;
        self.total.words += new.words;
        self.peak_64 = self.peak_64.max(self.live.bytes(8));
        self.peak_32 = self.peak_32.max(self.live.bytes(4));
        let class = new.bytes(8).next_power_of_two().ilog2() as usize;
        self.classes[class.min(CLASSES - 1)] += 1;
        self.calls += 1;
    }

    fn release(&mut self, old: Size) {
        self.live.text -= old.text;
        self.live.words -= old.words;
    }
}

thread_local! {
    static LEDGER: Cell<Ledger> = Cell::default();
}

/// 지금의 장부.
pub fn ledger() -> Ledger {
    LEDGER.get()
}

/// 새 장부로 `work`를 하고, 끝난 뒤의 장부를 함께 돌려줌.
pub fn counted<T>(work: impl FnOnce() -> T) -> (T, Ledger) {
    LEDGER.set(Ledger::default());
    let made = work();
    (made, ledger())
}

/// 장부에 적고 일은 [`Global`]에 넘기는 할당기.
#[derive(Clone, Copy, Debug)]
pub struct Counted;

fn record(change: impl FnOnce(&mut Ledger)) {
    let mut ledger = LEDGER.get();
    change(&mut ledger);
    LEDGER.set(ledger);
}

// SAFETY: 메모리는 모두 Global이 주고받음. 더하는 것은 할당하지 않는 스레드
// 지역 변수의 셈뿐임.
unsafe impl Allocator for Counted {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let block = Global.allocate(layout)?;
        record(|ledger| ledger.swap(Size::default(), Size::of(layout)));
        Ok(block)
    }

    unsafe fn grow(
        &self,
        block: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, AllocError> {
        // SAFETY: 부른 쪽의 약속을 그대로 넘김.
        let block = unsafe { Global.grow(block, old, new) }?;
        record(|ledger| ledger.swap(Size::of(old), Size::of(new)));
        Ok(block)
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        record(|ledger| ledger.release(Size::of(layout)));
        // SAFETY: 부른 쪽의 약속을 그대로 넘김.
        unsafe { Global.deallocate(block, layout) }
    }
}
