//! `theme/src/report.ts`: 보고서의 TypeScript 타입을 Rust에서 만듦.

use std::fs;
use std::path::Path;

use anyhow::Result;
use rust_lab::lab::report::*;
use ts_rs::{Config, TS};

const HEADER: &str = "\
// src/lab/report.rs에서 만듦. 고치지 말고 `cargo book prepare`.
";

fn render() -> String {
    let config = Config::default().with_large_int("number");
    macro_rules! declarations {
        ($($name:ident),+ $(,)?) => {
            [$(format!("export {}\n", $name::decl(&config))),+].concat()
        };
    }
    let body = declarations!(
        Report, Answer, Verdict, View, Badge, Table, Column, Cell, Chart,
        Axis, Scale, Series, Shape, Point, Mark, AxisName, Trace, Frame, Lane,
        LaneCell, Tone, Timeline, TimeLane, Span, Tree, TreeShape, TreeNode,
        Image, Palette, Raster, Explore, Machine, Level, Text, Note, Env,
    );
    format!("{HEADER}{body}")
}

/// Rust와 어긋났는가.
pub fn stale(root: &Path) -> bool {
    let path = root.join("theme/src/report.ts");
    fs::read_to_string(path).ok() != Some(render())
}

pub fn sync(root: &Path) -> Result<()> {
    if stale(root) {
        fs::write(root.join("theme/src/report.ts"), render())?;
    }
    Ok(())
}
