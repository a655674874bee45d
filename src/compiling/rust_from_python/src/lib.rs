//! 같은 커널을 두 길로 내보냄: ctypes가 부를 C 함수와, PyO3 모듈.

mod kernel;

// ANCHOR: c
/// 확산 한 걸음. 끝나면 0, 받은 주소가 잘못이면 -1.
///
/// # Safety
///
/// `src`와 `dst`는 `len`개의 f64가 놓인 서로 겹치지 않는 메모리여야 함.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastpart_diffuse(
    src: *const f64,
    dst: *mut f64,
    len: usize,
    rate: f64,
) -> i32 {
    if src.is_null() || dst.is_null() {
        return -1;
    }
    // SAFETY: 길이와 겹치지 않음은 부르는 쪽이 지킴
    let (src, dst) = unsafe {
        (
            std::slice::from_raw_parts(src, len),
            std::slice::from_raw_parts_mut(dst, len),
        )
    };
    kernel::diffuse(src, dst, rate);
    0
}

#[unsafe(no_mangle)]
pub extern "C" fn fastpart_mix_sum(count: u64) -> u64 {
    kernel::mix_sum(count)
}
// ANCHOR_END: c

// ANCHOR: pyo3
#[cfg(feature = "pyo3")]
#[pyo3::pymodule]
mod fastpart {
    use pyo3::buffer::PyBuffer;
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;

    use super::kernel;

    /// 리스트를 받아 새 리스트로: 원소마다 꺼내고 다시 쌈.
    #[pyfunction]
    fn diffuse_list(row: Vec<f64>, rate: f64) -> Vec<f64> {
        let mut out = vec![0.0; row.len()];
        kernel::diffuse(&row, &mut out, rate);
        out
    }

    /// 버퍼에서 버퍼로: array, memoryview, NumPy 배열을 복사 없이 씀.
    #[pyfunction]
    fn diffuse(
        py: Python<'_>,
        src: PyBuffer<f64>,
        dst: PyBuffer<f64>,
        rate: f64,
    ) -> PyResult<()> {
        let refuse = |why: &str| Err(PyValueError::new_err(why.to_owned()));
        let (Some(from), Some(to)) = (src.as_slice(py), dst.as_mut_slice(py))
        else {
            return refuse("빈틈없이 이어진, 쓸 수 있는 버퍼여야 함");
        };
        let len = from.len();
        if to.len() != len {
            return refuse("src와 dst의 길이가 다름");
        }
        let (from, to) = (from.as_ptr().cast::<f64>(), to.as_ptr());
        let to = to.cast::<f64>().cast_mut();
        if from.wrapping_add(len) > to
            && to.wrapping_add(len) > from.cast_mut()
        {
            return refuse("src와 dst가 겹침");
        }
        // SAFETY: 두 버퍼는 살아 있고 이어져 있으며 길이가 같고 겹치지 않음.
        // GIL을 쥐고 있어 그동안 다른 파이썬 코드가 고칠 수 없음
        let (from, to) = unsafe {
            (
                std::slice::from_raw_parts(from, len),
                std::slice::from_raw_parts_mut(to, len),
            )
        };
        kernel::diffuse(from, to, rate);
        Ok(())
    }

    /// 수 하나를 받아 수 하나를 돌려줌: 도는 동안 GIL을 놓음.
    #[pyfunction]
    fn mix_sum(py: Python<'_>, count: u64) -> u64 {
        py.detach(|| kernel::mix_sum(count))
    }
}
// ANCHOR_END: pyo3
