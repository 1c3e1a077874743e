//! Points docker, or podman and its kin, at Lockgate.

use lockgate_core::{DOCKER_HUB, escape};
use lockgate_registry::docker::{DockerConfig, hostname, login_server};

use super::change::{Change, Edited};
use super::files::write_docker_file;
use super::shown::{plain_lines, shown_lines};
use super::{CLIENT, Docker, SUFFIX, Surroundings, containers, notes};
use crate::docker_helper::PROGRAM;
use crate::error::CommandError;
use crate::setup::config_file::ConfigFile;
use crate::setup::diff::Shown;
use crate::setup::plan::{FilePlan, Plan};
use crate::setup::program::{Program, folder_on_path};
use crate::setup::record::{Place, Record, Step, digest};
use crate::setup::{SHELL, links};

const QUESTION_DOCKER: &str = "Change docker's configuration so?";
const QUESTION_PODMAN: &str = "Change podman's configuration so?";

/// What podman calls Docker Hub.
const PODMANS_HUB: &str = "docker.io";

/// One file that is to be changed, and what is to stand in it.
struct Job {
    file: ConfigFile,
    edited: Edited,
    /// How it is shown without its secrets.
    shown: Shown,
    question: &'static str,
    warnings: Vec<String>,
    /// Whether other programs of ours change it at any time.
    is_dockers: bool,
}

pub(super) fn point(here: &Surroundings, arguments: &Docker) -> Result<(), CommandError> {
    let names = (CLIENT, PROGRAM);
    // No second name where clients find this program already.
    let folder = arguments.bin_dir.clone().or_else(|| folder_on_path(PROGRAM));
    let program = Program::find(names, folder.as_deref(), Some(&here.home))?;
    let job = match (arguments.podman, arguments.server.as_slice()) {
        (false, servers) => Job::docker(here, servers)?,
        (true, []) => Job::podman(here)?,
        (true, servers) => Job::podman_servers(here, servers)?,
    };
    program.check_replaceable(arguments.replace)?;
    let path = job.file.shown()?;
    let before = job.file.text();
    let after = if job.is_done() { before } else { Some(job.edited.text.as_str()) };
    let of_name = program.warnings().into_iter().chain(notes::of_the_path(&program));
    let of_store = notes::of_the_store(here).filter(|_| !job.is_done());
    let plan = Plan {
        client: CLIENT,
        files: vec![FilePlan { path, before, after, shown: job.shown }],
        links: links::made(&program),
        warnings: of_name.chain(job.warnings.iter().cloned()).chain(of_store).collect(),
        question: job.question,
    };
    if !job.is_done() {
        job.file.check_writable()?;
    }
    if plan.agreed(&arguments.asking)? {
        carry_out(&Place::within(&here.machine().folders.state, CLIENT), &program, &job)?;
    } else if plan.changes_nothing() {
        SHELL.status("Unchanged", &format!("nothing to do in {}", escape(path)));
    }
    Ok(())
}

impl Job {
    fn docker(here: &Surroundings, servers: &[String]) -> Result<Self, CommandError> {
        let servers: Vec<String> =
            servers.iter().map(|server| server_of(server)).collect::<Result<_, _>>()?;
        let file = ConfigFile::read(&[here.docker_file()?.to_owned()])?;
        let before = DockerConfig::parse(file.text().unwrap_or_default(), &file.path)?;
        let mut edited = Edited::of(file.text().unwrap_or_default());
        match servers.as_slice() {
            [] => edited.name_helper(&file.path, None, SUFFIX)?,
            servers => {
                for server in servers {
                    edited.name_helper(&file.path, Some(server), SUFFIX)?;
                }
            }
        }
        let warnings = match edited.changes.is_empty() {
            true => Vec::new(),
            false => notes::of_docker(here, &before, &servers),
        };
        let (shown, question) = (shown_lines as Shown, QUESTION_DOCKER);
        Ok(Self { file, edited, shown, question, warnings, is_dockers: true })
    }

    /// For all servers: a file of our own, which takes the place of none.
    fn podman(here: &Surroundings) -> Result<Self, CommandError> {
        let ours = here.drop_in();
        let file = ConfigFile::read(std::slice::from_ref(&ours))?;
        let others = containers::helpers(&here.home, |path| path != ours)?;
        let mut edited = Edited::of(file.text().unwrap_or_default());
        edited.write(&containers::drop_in(&others));
        let warnings = match edited.changes.is_empty() {
            true => Vec::new(),
            false => notes::of_podman(&others, &ours),
        };
        let (shown, question) = (plain_lines as Shown, QUESTION_PODMAN);
        Ok(Self { file, edited, shown, question, warnings, is_dockers: false })
    }

    /// For single servers: podman's file of credentials has `credHelpers` as docker's has.
    fn podman_servers(here: &Surroundings, servers: &[String]) -> Result<Self, CommandError> {
        let file = ConfigFile::read(&[here.auth_file()])?;
        DockerConfig::parse(file.text().unwrap_or_default(), &file.path)?;
        let mut edited = Edited::of(file.text().unwrap_or_default());
        for server in servers {
            let server = server_of(server)?;
            let server = if server == DOCKER_HUB { PODMANS_HUB } else { &server };
            edited.name_helper(&file.path, Some(server), SUFFIX)?;
        }
        let warnings = match edited.changes.is_empty() {
            true => Vec::new(),
            false => notes::of_auth_file(&file.path),
        };
        let (shown, question) = (shown_lines as Shown, QUESTION_PODMAN);
        Ok(Self { file, edited, shown, question, warnings, is_dockers: false })
    }

    fn is_done(&self) -> bool {
        self.edited.changes.is_empty()
    }

    fn step(&self) -> Result<Step<Change>, CommandError> {
        Ok(Step {
            file: self.file.shown()?.to_owned(),
            existed: self.file.text().is_some(),
            before: digest(self.file.text().unwrap_or_default()),
            after: digest(&self.edited.text),
            splices: self.edited.splices.clone(),
            changes: self.edited.changes.clone(),
        })
    }

    fn write(&self) -> Result<(), CommandError> {
        match self.is_dockers {
            true => write_docker_file(&self.file, &self.edited.text)?,
            false => self.file.write(Some(&self.edited.text))?,
        }
        SHELL.status("Changed", &escape(self.file.shown()?));
        Ok(())
    }
}

/// The key by which docker asks for a server.
fn server_of(argument: &str) -> Result<String, CommandError> {
    let server = login_server(Some(argument));
    let behind = argument.split_once("://").map_or(argument, |(_, rest)| rest);
    let has_path = behind.trim_end_matches('/').contains('/');
    match argument.is_empty() || hostname(argument).is_empty() || (has_path && server != DOCKER_HUB)
    {
        false => Ok(server),
        true => Err(CommandError::new(format!(
            "`{}` is no server; docker asks for a host, such as `ghcr.io` or `localhost:5000`",
            escape(argument)
        ))),
    }
}

/// The record first, so that whatever ends this leaves something that `--undo` takes back; the file
/// last, so that it never names what is not there.
fn carry_out(place: &Place, program: &Program, job: &Job) -> Result<(), CommandError> {
    let locked = place.lock()?;
    job.file.check_unchanged()?;
    let mut record: Record<Change> = locked.read()?;
    if !job.is_done() {
        record.add(job.step()?);
    }
    record.add_name(program);
    locked.write(&record)?;
    links::make(program)?;
    if !job.is_done() {
        job.write()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use lockgate_core::DOCKER_HUB;

    use super::server_of;

    #[test]
    fn a_server_is_what_docker_asks_for() {
        for (argument, server) in [
            ("ghcr.io", Some("ghcr.io")),
            ("https://ghcr.io/", Some("ghcr.io")),
            ("127.0.0.1:5000", Some("127.0.0.1:5000")),
            ("docker.io", Some(DOCKER_HUB)),
            ("index.docker.io", Some(DOCKER_HUB)),
            (DOCKER_HUB, Some(DOCKER_HUB)),
            ("quay.io/team", None),
            ("https://quay.io/v2/", None),
            ("", None),
            ("/x", None),
        ] {
            assert_eq!(server_of(argument).ok().as_deref(), server, "{argument}");
        }
    }
}
