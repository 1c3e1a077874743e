//! A home in which a row is played, by docker and by Lockgate.

use std::path::Path;

use lockgate_tests::Home;
use lockgate_tests::docker_registry::{FakeRegistry, RealRegistry};

use crate::came::Came;
use crate::helpers;
use crate::play::{Place, Play, Side};
use crate::row::{At, Row};

/// A home, with helpers.
pub(crate) struct Machine {
    home: Home,
    docker: &'static Path,
}

impl Machine {
    pub(crate) fn new(docker: &'static Path) -> Self {
        let home = Home::new();
        helpers::make(home.root());
        let grant = ["provider", "grant", "lockgate:docker-helper", "--yes"];
        let _ = home.lockgate(grant).args(helpers::grants(home.root())).run().succeeds();
        Self { home, docker }
    }

    /// The row by docker and by Lockgate.
    pub(crate) fn play(&self, row: &Row) -> (Came, Came) {
        (self.played_by(Side::Theirs(self.docker), row), self.played_by(Side::Ours, row))
    }

    fn played_by(&self, side: Side, row: &Row) -> Came {
        let place = match row.registry {
            At::Fake(manner) => Place::Fake(FakeRegistry::start(manner)),
            At::Real(wants) => Place::Real(RealRegistry::start(wants)),
        };
        let play = Play { home: &self.home, place, side, row };
        play.prepare();
        play.run()
    }
}
