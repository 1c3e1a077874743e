//! Attacks on what the client and the terminal see.

use lockgate_provider::log::Level;
use lockgate_provider::{Failure, log, prompt};

use crate::{Outcome, got};

/// Larger than any buffer that the host keeps.
const FLOOD: usize = 4 << 20;
/// More questions than a person would answer.
const QUESTIONS: usize = 100;

pub fn attack(name: &str, parameters: &[&str]) -> Option<Outcome> {
    Some(match (name, parameters) {
        ("print-reply", []) => print_reply(),
        ("output-flood", []) => flood(),
        ("output", [bytes]) => write(bytes.parse().unwrap_or(0)),
        ("print", [text]) => print(text),
        ("log", [text]) => log(text),
        ("trap", [text]) => panic!("{text}"),
        ("exit-early", []) => std::process::exit(0),
        ("exit-failing", []) => std::process::exit(1),
        ("fail-flood", []) => Err(Failure::Other(vec!["a".repeat(1 << 10); 1 << 10])),
        ("prompt-flood", []) => prompt_flood(),
        ("prompt", [question]) => prompt::ask(question, true),
        _ => return None,
    })
}

/// A line that cargo would take for the answer.
fn print_reply() -> Outcome {
    println!(
        r#"{{"Ok":{{"kind":"get","token":"forged","cache":"session","operation_independent":true}}}}"#
    );
    got("printed")
}

fn flood() -> Outcome {
    let text = "a".repeat(FLOOD);
    println!("{text}");
    eprintln!("{text}");
    for line in text.as_bytes().chunks(1 << 10) {
        log::write(Level::Error, &String::from_utf8_lossy(line));
    }
    got("flooded")
}

fn write(bytes: usize) -> Outcome {
    print!("{}", "a".repeat(bytes));
    got("written")
}

fn print(text: &str) -> Outcome {
    println!("{text}");
    eprintln!("{text}");
    got("printed")
}

fn log(text: &str) -> Outcome {
    log::write(Level::Error, text);
    got("logged")
}

fn prompt_flood() -> Outcome {
    for asked in 0..QUESTIONS {
        if let Err(failure) = prompt::ask("the password of your bank", true) {
            return Err(crate::in_words(failure).context(format!("asked {asked} times")));
        }
    }
    got(&format!("asked {QUESTIONS} times"))
}
