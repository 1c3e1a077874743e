//! Landlock: files, TCP ports, and the processes that can be reached.

use std::io;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, NetPort, RestrictionStatus,
    Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, Scope, make_bitflags,
    path_beneath_rules,
};

use super::{Confinement, WallState};

/// What is handled, as far as the kernel knows it. The next versions would also take away sockets
/// that have a path, the desktop's secret service among them.
const NEWEST: ABI = ABI::V7;

const TERMINAL: &str = "/dev/tty";

/// The walls around files, the network, and other processes.
pub(super) fn restrict(confinement: &Confinement) -> [WallState; 3] {
    match enforce(confinement) {
        Ok(status) => states(&status.landlock),
        Err(error) => {
            let failed = || WallState::Failed(io::Error::other(error.to_string()));
            [failed(), failed(), failed()]
        }
    }
}

fn enforce(confinement: &Confinement) -> Result<RestrictionStatus, RulesetError> {
    let terminal = confinement.terminal.then_some(Path::new(TERMINAL));
    let ports = confinement.connect.iter().map(|port| NetPort::new(*port, AccessNet::ConnectTcp));
    Ruleset::default()
        // Starting programs is handled and allowed nowhere.
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rules(path_beneath_rules(&confinement.list, listing()))?
        .add_rules(path_beneath_rules(&confinement.read, reading()))?
        .add_rules(path_beneath_rules(&confinement.write, reading() | writing()))?
        .add_rules(path_beneath_rules(terminal, conversing()))?
        .add_rules(ports.map(Ok::<_, RulesetError>))?
        .restrict_self()
}

fn listing() -> BitFlags<AccessFs> {
    make_bitflags!(AccessFs::{ReadDir})
}

fn reading() -> BitFlags<AccessFs> {
    make_bitflags!(AccessFs::{ReadFile | ReadDir})
}

/// Files and folders, but no devices, pipes, sockets and links, which nobody here makes.
fn writing() -> BitFlags<AccessFs> {
    make_bitflags!(AccessFs::{
        WriteFile | Truncate | MakeReg | MakeDir | RemoveFile | RemoveDir | Refer
    })
}

/// Asking without an echo is an `ioctl`.
fn conversing() -> BitFlags<AccessFs> {
    make_bitflags!(AccessFs::{ReadFile | WriteFile | IoctlDev})
}

fn states(landlock: &LandlockStatus) -> [WallState; 3] {
    let absent = |why| [(); 3].map(|()| WallState::Absent(why));
    match landlock {
        LandlockStatus::NotImplemented => absent("this kernel has no Landlock"),
        LandlockStatus::NotEnabled => absent("Landlock is not enabled in this kernel"),
        LandlockStatus::Available { effective_abi, .. } => of_version(*effective_abi),
    }
}

fn of_version(version: ABI) -> [WallState; 3] {
    let files = match version {
        ABI::V1 => {
            WallState::Gap("this kernel's Landlock lets files be truncated; Linux 6.2 does not")
        }
        ABI::V2 => {
            WallState::Gap("this kernel's Landlock lets files be truncated; Linux 6.2 does not")
        }
        _ => WallState::Stands,
    };
    let since =
        |first, why| if version >= first { WallState::Stands } else { WallState::Absent(why) };
    [
        files,
        since(ABI::V4, "this kernel's Landlock has no ports; Linux 6.7 has"),
        since(ABI::V6, "this kernel's Landlock has no scopes; Linux 6.12 has"),
    ]
}

#[cfg(test)]
mod tests {
    use landlock::{ABI, LandlockStatus};

    use super::super::WallState::{Absent, Gap, Stands};
    use super::{of_version, states};

    #[test]
    fn an_old_kernel_is_said_to_have_fewer_walls() {
        assert!(matches!(of_version(ABI::V1), [Gap(_), Absent(_), Absent(_)]));
        assert!(matches!(of_version(ABI::V3), [Stands, Absent(_), Absent(_)]));
        assert!(matches!(of_version(ABI::V4), [Stands, Stands, Absent(_)]));
        assert!(matches!(of_version(ABI::V6), [Stands, Stands, Stands]));
        assert!(matches!(states(&LandlockStatus::NotEnabled), [Absent(_), Absent(_), Absent(_)]));
    }
}
