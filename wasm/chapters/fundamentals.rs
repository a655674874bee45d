#![cfg(target_family = "wasm")]

lab_wasm::chapter!(fundamentals);
