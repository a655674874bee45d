#![cfg(target_family = "wasm")]

lab_wasm::chapter!(pure_python);
