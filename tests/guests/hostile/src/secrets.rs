//! Attacks on sealed secrets: to learn something of one without `reveal`.

use lockgate_provider::{Document, Failure, Format, Part, Problem, Secret, environment};

use crate::{Outcome, got};

pub fn attack(name: &str, parameters: &[&str]) -> Option<Outcome> {
    Some(match (name, parameters) {
        ("guess-document", [name, guesses @ ..]) => guess(name, guesses),
        ("guess-many", [name, count]) => guess_many(name, count.parse().unwrap_or(1000)),
        ("split-document", [name, separator]) => split(name, separator),
        ("plain-field", [name, field]) => plain(name, field),
        ("many-compose", [count]) => many_compose(count.parse().unwrap_or(0)),
        ("double-compose", [count]) => double_compose(count.parse().unwrap_or(0)),
        _ => return None,
    })
}

fn document(name: &str) -> Result<Document, Failure> {
    environment::get(name)?.ok_or_else(|| Failure::other("there is none"))
}

/// What `matches` says to each guess.
fn guess(name: &str, guesses: &[&str]) -> Outcome {
    let document = document(name)?;
    let answers = guesses.iter().map(|guess| match document.matches(guess) {
        Ok(answer) => answer.to_string(),
        Err(problem) => format!("{problem:?}"),
    });
    got(&answers.collect::<Vec<_>>().join(" "))
}

/// How many wrong guesses the host answers.
fn guess_many(name: &str, count: usize) -> Outcome {
    let document = document(name)?;
    for number in 0..count {
        match document.matches(&format!("guess {number}")) {
            Ok(_) => {}
            Err(Problem::Exhausted) => return got(&format!("exhausted after {number}")),
            Err(problem) => return Err(problem.into()),
        }
    }
    got(&format!("{count} guesses"))
}

/// Whether a separator occurs: with letters and digits it would be a guess at the content.
fn split(name: &str, separator: &str) -> Outcome {
    let document = document(name)?;
    match document.split(separator) {
        Ok(_) => got("it is there"),
        Err(problem) => Err(problem.into()),
    }
}

fn plain(name: &str, field: &str) -> Outcome {
    got(&document(name)?.plain(Format::Json, &[field.to_owned()])?)
}

fn many_compose(count: usize) -> Outcome {
    let piece = Secret::seal(&[b'a'; 1 << 10]);
    for _ in 0..count {
        Secret::compose(&[Part::from(&piece), Part::from(&piece)]);
    }
    got(&format!("composed {count} times"))
}

fn double_compose(count: usize) -> Outcome {
    let mut secret = Secret::seal(b"aaaa");
    for _ in 0..count {
        secret = Secret::compose(&[Part::from(&secret), Part::from(&secret)]);
    }
    got(&format!("doubled {count} times"))
}
