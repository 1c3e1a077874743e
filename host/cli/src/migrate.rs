//! `lockgate migrate`: moves what people logged in with from one store to another, one by one.

mod asked;
mod entries;
mod one;
mod place;

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use lockgate_core::{Ecosystem, escape};
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::provider::question::{confirm, somebody_is_there};
use crate::setup::moving::alone;
use crate::shell::{Shell, output, to_json};
use asked::unasked;
use entries::{Found, Stays, entries};
use one::context_of;
use place::Place;

const SHELL: Shell = Shell { quiet: false, verbose: false };

/// Held while entries are moved, and what waits for another one in messages.
const LOCK: &str = "migrate-stores.lock";
const COMMAND: &str = "lockgate migrate";

/// What is moved, and how.
#[derive(Args)]
pub(crate) struct Migrate {
    /// The store that the entries leave, as grants name it
    #[arg(long, value_name = "STORE")]
    from: Place,
    /// The store that they go to
    #[arg(long, value_name = "STORE")]
    to: Place,
    /// Only those of this client
    #[arg(long, value_name = "CLIENT")]
    only: Option<Client>,
    /// Show what would be moved; nothing is changed
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Client {
    Cargo,
    Docker,
}

impl Migrate {
    fn ecosystems(&self) -> Vec<Ecosystem> {
        let all = match self.only {
            None => vec![Ecosystem::Cargo, Ecosystem::Oci],
            Some(Client::Cargo) => vec![Ecosystem::Cargo],
            Some(Client::Docker) => vec![Ecosystem::Oci],
        };
        all.into_iter().filter(|ecosystem| self.from.keeps(*ecosystem)).collect()
    }
}

/// Runs it. 1 if it failed, or an entry could not be moved.
pub(crate) fn run(migrate: &Migrate) -> ExitCode {
    SHELL.exit_code(move_entries(migrate))
}

/// Whether every entry was moved, or would be.
fn move_entries(migrate: &Migrate) -> Result<bool, CommandError> {
    let Migrate { from, to, .. } = *migrate;
    check(from, to)?;
    let machine = crate::machine()?;
    if migrate.dry_run {
        let (found, stay) = entries(from, to, &migrate.ecosystems())?;
        return would_be(migrate, found, stay);
    }
    agreed(migrate)?;
    let _alone = alone(&machine.folders.state, COMMAND, LOCK)?;
    let (found, mut stay) = entries(from, to, &migrate.ecosystems())?;
    stay.iter().for_each(tell_stays);
    if found.is_empty() && stay.is_empty() {
        SHELL.status("Unchanged", &format!("there is no entry in `{from}`"));
    }
    open(to, &found)?;
    let mut moved = Vec::new();
    for one in found {
        match one::moved(from, to, &one) {
            Ok(()) => {
                let shown = escape(&one.name);
                SHELL.status(
                    "Moved",
                    &format!("{} `{shown}` from `{from}` to `{to}`", one.client()),
                );
                moved.push(one);
            }
            Err(reason) => {
                let one = Stays { ecosystem: one.ecosystem, name: one.name, reason };
                tell_stays(&one);
                stay.push(one);
            }
        }
    }
    tell_unasked(to, &moved);
    if migrate.json {
        print(migrate, &moved, &stay)?;
    }
    Ok(stay.is_empty())
}

/// Once, and not in each of the processes that keep something there.
fn open(to: Place, found: &[Found]) -> Result<(), CommandError> {
    let Some(one) = found.first() else { return Ok(()) };
    context_of(one.ecosystem)?.unlock_or_make(to.name()).map_err(|error| {
        let message = format!("nothing can be moved to `{to}`");
        CommandError::because(message, CommandError::from_error(&*error).messages())
    })
}

/// Each reason once, for which a client would not find what was moved. That it is not known is not worth
/// a failure.
fn tell_unasked(to: Place, moved: &[Found]) {
    let reasons = moved.iter().filter_map(|one| unasked(to, one).ok().flatten());
    reasons.collect::<BTreeSet<_>>().iter().for_each(|reason| SHELL.warning(reason));
}

/// The plan, as far as it can be known without a secret.
fn would_be(
    migrate: &Migrate,
    found: Vec<Found>,
    mut stay: Vec<Stays>,
) -> Result<bool, CommandError> {
    let mut moved = Vec::new();
    for one in found {
        match one::can_be_kept(migrate.to, &one) {
            Ok(()) => moved.push(one),
            Err(reason) => stay.push(Stays { ecosystem: one.ecosystem, name: one.name, reason }),
        }
    }
    tell_unasked(migrate.to, &moved);
    match migrate.json {
        true => print(migrate, &moved, &stay)?,
        false => {
            let to = migrate.to;
            let moves = moved.iter().map(|one| {
                format!("{} {}: would move to `{to}`\n", one.client(), escape(&one.name))
            });
            let stays = stay.iter().map(|one| {
                let client = place::client_of(one.ecosystem);
                format!("{client} {}: stays: {}\n", escape(&one.name), escape(&one.reason))
            });
            output(moves.chain(stays).collect::<String>().as_bytes())?;
        }
    }
    Ok(stay.is_empty())
}

/// Whether entries can be moved between the two at all.
fn check(from: Place, to: Place) -> Result<(), CommandError> {
    if from == to {
        return Err(CommandError::new(format!("the entries of `{from}` are there already")));
    }
    match from.silence() {
        Some(why) => Err(CommandError::new(format!("`{from}` cannot be moved from: {why}"))),
        None => Ok(()),
    }
}

/// Nobody's entries are kept worse than before without being asked.
fn agreed(migrate: &Migrate) -> Result<(), CommandError> {
    let Migrate { from, to, yes, .. } = *migrate;
    let Some(why) = to.is_worse_than(from).filter(|_| !yes) else { return Ok(()) };
    if !somebody_is_there() {
        return Err(CommandError::new(format!(
            "{why}, and nobody can be asked about it; say that it is meant with `--yes`"
        )));
    }
    SHELL.warning(&why);
    match confirm(&format!("Move the entries of `{from}` to `{to}`?"))? {
        true => Ok(()),
        false => Err(CommandError::new("no entry was moved")),
    }
}

fn tell_stays(one: &Stays) {
    let client = place::client_of(one.ecosystem);
    let shown = escape(&one.name);
    SHELL.warning(&format!("{client} `{shown}` was not moved: {}", one.reason));
}

/// One object, for programs.
fn print(migrate: &Migrate, moved: &[Found], stay: &[Stays]) -> Result<(), CommandError> {
    let moved: Vec<Value> =
        moved.iter().map(|one| json!({ "client": one.client(), "name": one.name })).collect();
    let (moved, would_move) =
        if migrate.dry_run { (Vec::new(), moved) } else { (moved, Vec::new()) };
    let stay = stay.iter().map(|one| {
        let client = place::client_of(one.ecosystem);
        json!({ "client": client, "name": one.name, "reason": one.reason })
    });
    let text = to_json(&json!({
        "from": migrate.from.name(),
        "to": migrate.to.name(),
        "dry_run": migrate.dry_run,
        "moved": moved,
        "would_move": would_move,
        "stay": stay.collect::<Vec<_>>(),
    }));
    Ok(output(text.as_bytes())?)
}
