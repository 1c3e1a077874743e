//! The desktop's keyring: ours beside the helpers that cargo and docker have for it. The goal: faster
//! than both.

use lockgate_tests::desktop::entry_of;
use lockgate_tests::plugin::get;
use lockgate_tests::{Desktop, Home, Run, programs};

use super::INDEX;
use super::contest::{self, Contender};

const DOCKER: &str = "docker-credential-secretservice";
const SERVER: &str = "registry.example";

pub(crate) fn measure() {
    programs::require(DOCKER);
    let (home, desktop) = (Home::new(), Desktop::new());
    desktop.keep("cargo-registry:corp", &entry_of(INDEX), b"bench");
    let docker = |verb: &str| desktop.within(home.run(DOCKER)).args([verb]);
    let kept = format!("{{\"ServerURL\":\"{SERVER}\",\"Username\":\"u\",\"Secret\":\"bench\"}}");
    let _ = docker("store").stdin(kept).run().succeeds();
    let cargos = home.run(env!("CARGO_BIN_EXE_cargo-credential-libsecret"));
    let asked =
        |run: Run, words: &[&str]| desktop.within(run).stdin(format!("{}\n", get(INDEX, words)));
    let mut contenders = [
        Contender::new("docker's helper", docker("get").stdin(SERVER)),
        Contender::new("cargo's own libsecret", asked(cargos.args(["--cargo-plugin"]), &[])),
        Contender::new("our cargo:libsecret", asked(home.plugin(), &["cargo:libsecret"])),
    ];
    contest::hold(&mut contenders);
    contest::report_differences("desktop's keyring", &contenders, &[(0, 2), (1, 2)]);
}
