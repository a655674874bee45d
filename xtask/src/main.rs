//! `cargo book …`: 책을 준비하고, 만들고, 확인함.

mod asm;
mod bench;
mod book;
mod card;
mod cases;
mod counterpart;
mod example;
mod figures;
mod glossary;
mod golden;
mod highlight;
mod hosts;
mod licences;
mod lint;
mod local;
mod new;
mod page;
mod params;
mod prepare;
mod preprocess;
mod record;
mod render;
mod search;
mod serve;
mod sh;
mod test;
mod types;
mod walk;
mod wasm;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Error, Result};

const USAGE: &str = "\
쓰는 법: cargo book <명령>

  serve [--port 3000]     준비하고, 만들고, 고칠 때마다 다시 만들어 보여 줌
  build [--base /x/]      book/에 정적인 책을 만듦
  prepare                 WASM·페이지 스크립트·매개변수 표를 만듦
  prepare --numpy [주소]  페이지의 파이썬에 NumPy를 담음
  test [--quick]          모든 것을 확인함
  test --only <말>        이름에 그 말이 든 확인과 거기에 드는 것만 함
  walk [--minutes 10]     브라우저에서 무작위로 걷고 답을 네이티브와 견줌
  record [이름…]          이 컴퓨터에서 재어 data/measured/에 남김
  record --slower [이름…] 앞의 기록보다 느려도 남김
  bench [이름…]           목표를 모두 재어 표로 보임: 두 빌드와 WASM
  golden <이름>           기준 답을 Python에게서 다시 받고 차이를 보임
  new <장> <이름>         실험의 뼈대를 있어야 할 모든 자리에 놓음";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            match error.is::<sh::Misuse>() {
                true => ExitCode::from(2),
                false => ExitCode::FAILURE,
            }
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let root = book::root()?;
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    match (command, rest) {
        ("build", _) => {
            // 몇 분 동안 만든 뒤에야 틀렸다고 말하지 않도록 먼저 읽음
            let (only, base) = book::arguments(rest)?;
            prepare_all(&root, only)?;
            book::make(&root, Path::new("book"), base)
        }
        ("serve", _) => serve::main(rest),
        ("lint" | "render", [_, ..]) => {
            let rest = rest.join(" ");
            Err(sh::misuse(format!("{command}: 인자를 받지 않음: {rest}")))
        }
        ("lint", []) => lint::main(&root),
        ("preprocess", _) => preprocess::main(rest),
        ("render", []) => render::main(),
        ("prepare", []) => prepare_all(&root, None),
        ("prepare", [flag, from @ ..])
            if flag == "--numpy" && from.len() < 2 =>
        {
            page::fetch_numpy(&root, from.first().map(String::as_str))?;
            prepare_all(&root, None)
        }
        ("test", _) => test::main(&root, rest),
        ("walk", _) => walk::main(&root, rest),
        ("record", names) => record::main(&root, names),
        ("bench", words) => bench::main(&root, words),
        ("golden", [name]) => golden::write(&root, name),
        ("new", _) => new::main(&root, rest),
        ("help" | "--help" | "-h", _) => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(misused(command, rest)),
    }
}

/// 명령이 없는 것인지, 인자가 틀린 것인지를 말함.
fn misused(command: &str, rest: &[String]) -> Error {
    let of = |line: &&str| line.split_whitespace().next() == Some(command);
    let forms: Vec<&str> = USAGE.lines().skip(1).filter(of).collect();
    if forms.is_empty() {
        return sh::misuse(format!("{command}: 없는 명령임\n\n{USAGE}"));
    }
    let wrong = match rest {
        [] => "인자가 모자람".to_owned(),
        _ => format!("맞지 않는 인자임: {}", rest.join(" ")),
    };
    let forms = forms.join("\n");
    sh::misuse(format!("{command}: {wrong}\n\n쓰는 법: cargo book\n{forms}"))
}

/// 책을 만들기 전에 있어야 하는 것을 모두 만듦. 그대로인 것은 건너뜀.
/// `only`를 말하면 WASM은 그 장의 것만 새로 만듦.
fn prepare_all(root: &Path, only: Option<&str>) -> Result<()> {
    params::sync(root)?;
    types::sync(root)?;
    page::publish(root, only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_argument_is_no_wrong_command() {
        let told = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|w| w.to_string()).collect();
            let error = run(&words).unwrap_err();
            // 종료 코드 2
            assert!(error.is::<sh::Misuse>(), "{error}");
            error.to_string()
        };
        assert!(told(&["build", "--bse", "/x/"]).starts_with("쓰는 법"));
        assert!(told(&["build", "--base", "x"]).contains("/notes/"));
        assert!(told(&["build", "--only", "x"]).contains("없는 장임"));
        assert!(told(&["bench", "--help"]).contains("인자임: --help"));
        assert!(told(&["serve", "--prt", "1"]).starts_with("쓰는 법"));
        assert!(told(&["test", "--qick"]).starts_with("쓰는 법"));
        assert!(told(&["golden"]).starts_with("golden: 인자가 모자람"));
        let many = told(&["golden", "dict_probe", "nope"]);
        assert!(many.contains("인자임: dict_probe nope"), "{many}");
        assert!(many.contains("golden <이름>"), "{many}");
        let prepare = told(&["prepare", "--nope"]);
        assert!(prepare.contains("인자임: --nope"), "{prepare}");
        assert!(prepare.contains("prepare --numpy [주소]"), "{prepare}");
        assert!(told(&["lint", "x"]).contains("인자를 받지 않음: x"));
        assert!(told(&["nope"]).starts_with("nope: 없는 명령임"));
    }
}
