//! 큰 페이지에 놓는 할당자. 리눅스가 아니면 보통의 할당자와 같음.

use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::slice;

use allocator_api2::alloc::{AllocError, Allocator, Global, Layout};
use rust_lab::matrices::pages::{HUGE, advise};

/// NumPy의 큰 배열처럼, 잡은 공간에 큰 페이지를 부탁함.
#[derive(Clone, Copy, Default)]
pub struct HugePages;

fn whole(layout: Layout) -> Result<Layout, AllocError> {
    let aligned = layout.align_to(HUGE).map_err(|_| AllocError)?;
    Ok(aligned.pad_to_align())
}

// SAFETY: 잡고 놓는 일은 모두 `Global`이 하고, 두 쪽의 `whole(layout)`은 같음.
unsafe impl Allocator for HugePages {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let block = Global.allocate(whole(layout)?)?;
        let start = block.cast::<MaybeUninit<u8>>().as_ptr();
        // SAFETY: 방금 잡은 공간이고 아직 아무 값도 없음.
        advise(unsafe { slice::from_raw_parts_mut(start, block.len()) });
        Ok(block)
    }

    unsafe fn deallocate(&self, at: NonNull<u8>, layout: Layout) {
        // 잡을 때 되었으므로 실패하지 않음
        if let Ok(layout) = whole(layout) {
            // SAFETY: 부르는 쪽이 약속한 것이 그대로 넘어감.
            unsafe { Global.deallocate(at, layout) };
        }
    }
}
