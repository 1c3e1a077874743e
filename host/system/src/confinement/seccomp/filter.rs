//! The program that the kernel runs at each system call.
//!
//! Written out rather than made by a crate: the ones there are look neither at the second set of
//! numbers that x86-64 has nor give different calls different errors, and it is this short.

use libc::{c_int, c_long, sock_filter};

use super::refused::REFUSED;

/// Offsets in what the kernel shows of a system call (`struct seccomp_data`).
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;
const ARGUMENT_SIZE: u32 = 8;

/// `AUDIT_ARCH_*` of Linux.
#[cfg(target_arch = "x86_64")]
const OWN_ARCHITECTURE: u32 = 0xC000_003E;
#[cfg(target_arch = "aarch64")]
const OWN_ARCHITECTURE: u32 = 0xC000_00B7;

/// The numbers from here on are x86-64's second set (x32) and none of ours; other processors have none.
const FOREIGN_NUMBERS: u32 = 0x4000_0000;

/// As many rules are tried one after another.
const LEAF: usize = 4;

const LOAD_WORD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const IF_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const IF_AT_LEAST: u32 = libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K;
const IF_ANY_BIT: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;

const ALLOW: sock_filter = step(RETURN, libc::SECCOMP_RET_ALLOW);
const KILL: sock_filter = step(RETURN, libc::SECCOMP_RET_KILL_PROCESS);
const REFUSE: sock_filter = fail(libc::EPERM);

/// Every name space that `clone` makes: a user name space gives all privileges in it.
const NAME_SPACES: c_int = libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET;

/// What is done about the system call of one number: steps that end with a return.
struct Rule {
    number: u32,
    steps: Vec<sock_filter>,
}

/// What not every process needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    /// Whether sockets may be made.
    pub(super) internet: bool,
    /// The numbers of the keys that may be used.
    pub(super) keys: Vec<u32>,
}

/// The program.
pub(super) fn program(allowed: &Allowed) -> Vec<sock_filter> {
    let mut program = vec![load(ARCHITECTURE), jump(IF_EQUAL, OWN_ARCHITECTURE, 1, 0), KILL];
    program.extend([load(NUMBER), jump(IF_AT_LEAST, FOREIGN_NUMBERS, 0, 1), REFUSE]);
    let mut rules = rules(allowed);
    rules.sort_by_key(|rule| rule.number);
    program.extend(search(&rules));
    program
}

fn rules(allowed: &Allowed) -> Vec<Rule> {
    let refused = REFUSED.iter().copied().flatten();
    let mut rules: Vec<Rule> = refused.map(|number| rule(*number, &[REFUSE])).collect();
    rules.extend([
        // Its flags are in memory, where a filter cannot look; told that there is no such call, the
        // C library makes its threads by `clone`.
        rule(libc::SYS_clone3, &[fail(libc::ENOSYS)]),
        rule(libc::SYS_clone, &unless_any_bit(0, NAME_SPACES)),
        rule(libc::SYS_ioctl, &typing()),
        rule(libc::SYS_socket, &sockets(allowed.internet)),
        rule(libc::SYS_keyctl, &keys(&allowed.keys)),
        rule(libc::SYS_add_key, &new_keys(&allowed.keys)),
        // Each can also open a connection, past the wall around ports in some kernels.
        rule(libc::SYS_sendto, &unless_any_bit(3, libc::MSG_FASTOPEN)),
        rule(libc::SYS_sendmsg, &unless_any_bit(2, libc::MSG_FASTOPEN)),
        rule(libc::SYS_sendmmsg, &unless_any_bit(3, libc::MSG_FASTOPEN)),
    ]);
    rules
}

/// A tree over sorted rules. The kernel tries a new filter with each number there is, which takes a
/// quarter of a millisecond for a plain list.
fn search(rules: &[Rule]) -> Vec<sock_filter> {
    let (lower, upper) = rules.split_at(rules.len() / 2);
    match upper.first() {
        Some(first) if rules.len() > LEAF => {
            let lower = search(lower);
            let mut steps = vec![jump(IF_AT_LEAST, first.number, reach(&lower), 0)];
            steps.extend(lower);
            steps.extend(search(upper));
            steps
        }
        _ => leaf(rules),
    }
}

fn leaf(rules: &[Rule]) -> Vec<sock_filter> {
    let mut steps = Vec::new();
    for rule in rules {
        steps.push(jump(IF_EQUAL, rule.number, 0, reach(&rule.steps)));
        steps.extend_from_slice(&rule.steps);
    }
    steps.push(ALLOW);
    steps
}

/// How far to jump over these. They are a part of the rules above, which are fewer than a jump
/// reaches; a test holds that.
fn reach(steps: &[sock_filter]) -> u8 {
    distance(steps.len())
}

fn distance(steps: usize) -> u8 {
    u8::try_from(steps).unwrap_or(u8::MAX)
}

/// What is typed into the terminal that the client runs in is run by the user's shell.
fn typing() -> [sock_filter; 5] {
    let [typing, console] = [libc::TIOCSTI, libc::TIOCLINUX].map(|request| request as u32);
    [load_argument(1), jump(IF_EQUAL, typing, 1, 0), jump(IF_EQUAL, console, 0, 1), REFUSE, ALLOW]
}

/// If `internet`, TCP and UDP, and for looking up names the kernel's list of addresses and local
/// sockets; otherwise none at all, since who listens on a local one (a desktop's bus, an agent of keys,
/// a container's daemon) can do more than this process may. The wall around ports knows of TCP alone,
/// and not of what resembles it (MPTCP).
fn sockets(internet: bool) -> Vec<sock_filter> {
    if !internet {
        return vec![REFUSE];
    }
    let family = |family: c_int| family.cast_unsigned();
    let protocol = |number: c_int| jump(IF_EQUAL, number.cast_unsigned(), 0, 1);
    vec![
        load_argument(0),
        jump(IF_EQUAL, family(libc::AF_UNIX), 0, 1),
        ALLOW,
        jump(IF_EQUAL, family(libc::AF_INET), 2, 0),
        jump(IF_EQUAL, family(libc::AF_INET6), 1, 0),
        jump(IF_EQUAL, family(libc::AF_NETLINK), 0, 7),
        load_argument(2),
        protocol(0),
        ALLOW,
        protocol(libc::IPPROTO_TCP),
        ALLOW,
        protocol(libc::IPPROTO_UDP),
        ALLOW,
        REFUSE,
    ]
}

/// Making and filling keys in these keyrings, which are the process's own.
fn new_keys(numbers: &[u32]) -> Vec<sock_filter> {
    let mut steps = vec![load_argument(4)];
    steps.extend(one_of(numbers));
    steps
}

/// Giving these keys a time, and putting them into the user's keyring and out of it. All the rest that
/// this call can do, searching and reading above all, reaches keys that are none of the request's.
fn keys(numbers: &[u32]) -> Vec<sock_filter> {
    let of_user = libc::KEY_SPEC_USER_KEYRING.cast_unsigned();
    let mut steps = vec![
        load_argument(0),
        jump(IF_EQUAL, libc::KEYCTL_SET_TIMEOUT, 4, 0),
        jump(IF_EQUAL, libc::KEYCTL_LINK, 1, 0),
        jump(IF_EQUAL, libc::KEYCTL_UNLINK, 0, distance(numbers.len() + 3)),
        load_argument(2),
        jump(IF_EQUAL, of_user, 0, distance(numbers.len() + 1)),
        load_argument(1),
    ];
    steps.extend(one_of(numbers));
    steps
}

/// Whether the argument that was loaded is one of these.
fn one_of(numbers: &[u32]) -> Vec<sock_filter> {
    let left = (1..=numbers.len()).rev();
    let compared = numbers.iter().zip(left);
    let mut steps: Vec<_> =
        compared.map(|(number, left)| jump(IF_EQUAL, *number, distance(left), 0)).collect();
    steps.extend([REFUSE, ALLOW]);
    steps
}

fn unless_any_bit(argument: u32, bits: c_int) -> [sock_filter; 4] {
    [load_argument(argument), jump(IF_ANY_BIT, bits.cast_unsigned(), 0, 1), REFUSE, ALLOW]
}

fn rule(number: c_long, steps: &[sock_filter]) -> Rule {
    // The numbers are the constants above.
    Rule { number: number as u32, steps: steps.to_vec() }
}

const fn load(offset: u32) -> sock_filter {
    step(LOAD_WORD, offset)
}

/// The low half of an argument, of which all that is looked at here consists.
const fn load_argument(index: u32) -> sock_filter {
    load(ARGUMENTS + index * ARGUMENT_SIZE)
}

const fn fail(errno: c_int) -> sock_filter {
    step(RETURN, libc::SECCOMP_RET_ERRNO | errno.cast_unsigned())
}

const fn step(code: u32, k: u32) -> sock_filter {
    jump(code, k, 0, 0)
}

/// Skips this many steps if it is so, or else that many.
const fn jump(code: u32, k: u32, then: u8, otherwise: u8) -> sock_filter {
    sock_filter { code: code as u16, jt: then, jf: otherwise, k }
}

#[cfg(test)]
mod tests {
    use libc::{
        EPERM, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, SECCOMP_RET_KILL_PROCESS, sock_filter,
    };

    use super::super::MAX_KEYS;
    use super::{
        ARGUMENTS, Allowed, FOREIGN_NUMBERS, IF_ANY_BIT, IF_AT_LEAST, IF_EQUAL, LOAD_WORD,
        OWN_ARCHITECTURE, REFUSED, RETURN, program, rules,
    };

    const REFUSED_ANSWER: u32 = SECCOMP_RET_ERRNO | EPERM as u32;

    /// What the kernel does with the program for this call.
    fn run(program: &[sock_filter], number: u32, architecture: u32, arguments: [u32; 6]) -> u32 {
        let (mut at, mut word) = (0, 0);
        loop {
            let step = program[at];
            at += 1;
            let holds = match u32::from(step.code) {
                LOAD_WORD => {
                    word = match step.k {
                        0 => number,
                        4 => architecture,
                        offset => arguments[((offset - ARGUMENTS) / 8) as usize],
                    };
                    continue;
                }
                RETURN => return step.k,
                IF_EQUAL => word == step.k,
                IF_AT_LEAST => word >= step.k,
                IF_ANY_BIT => word & step.k != 0,
                code => panic!("{code:#x}"),
            };
            at += usize::from(if holds { step.jt } else { step.jf });
        }
    }

    fn everything() -> Allowed {
        let keys = (1..).take(MAX_KEYS).collect();
        Allowed { internet: true, keys }
    }

    #[test]
    fn each_number_has_its_own_answer() {
        for allowed in [Allowed::default(), everything()] {
            let (program, rules) = (program(&allowed), rules(&allowed));
            for number in 0..600 {
                let answer = run(&program, number, OWN_ARCHITECTURE, [0; 6]);
                let refused = REFUSED.iter().copied().flatten().any(|it| *it == i64::from(number));
                if refused {
                    assert_eq!(answer, REFUSED_ANSWER, "{number}");
                } else if !rules.iter().any(|rule| rule.number == number) {
                    assert_eq!(answer, SECCOMP_RET_ALLOW, "{number}");
                }
            }
        }
    }

    #[test]
    fn every_jump_ends_in_the_program() {
        let program = program(&everything());
        assert!(program.len() < 2 * usize::from(u8::MAX), "{}", program.len());
        for (at, step) in program.iter().enumerate() {
            let longest = usize::from(step.jt.max(step.jf));
            assert!(longest < usize::from(u8::MAX) && at + 1 + longest <= program.len(), "{at}");
        }
    }

    #[test]
    fn calls_by_other_sets_of_numbers_are_not_made() {
        let program = program(&everything());
        let foreign = run(&program, FOREIGN_NUMBERS + 1, OWN_ARCHITECTURE, [0; 6]);
        assert_eq!(foreign, REFUSED_ANSWER);
        assert_eq!(run(&program, 1, 0x4000_0003, [0; 6]), SECCOMP_RET_KILL_PROCESS);
        // The twin.
        assert_eq!(run(&program, 1, OWN_ARCHITECTURE, [0; 6]), SECCOMP_RET_ALLOW);
    }

    #[test]
    fn only_some_sockets_are_made() {
        let socket = |internet, family: i32, protocol: i32| {
            let arguments = [family.cast_unsigned(), 0, protocol.cast_unsigned(), 0, 0, 0];
            let number = u32::try_from(libc::SYS_socket).unwrap();
            let allowed = Allowed { internet, ..Allowed::default() };
            run(&program(&allowed), number, OWN_ARCHITECTURE, arguments) == SECCOMP_RET_ALLOW
        };
        for family in [libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK] {
            assert!(socket(true, family, 0) && !socket(false, family, 0), "{family}");
        }
        assert!(socket(true, libc::AF_INET6, libc::IPPROTO_UDP) && socket(true, libc::AF_UNIX, 0));
        assert!(!socket(false, libc::AF_UNIX, 0));
        assert!(!socket(true, libc::AF_INET, 262) && !socket(true, libc::AF_INET, 1));
        assert!(!socket(true, libc::AF_VSOCK, 0) && !socket(true, libc::AF_PACKET, 0));
    }

    #[test]
    fn a_key_is_used_by_its_number_alone_and_put_nowhere_but_into_the_users_keyring() {
        let of_user = libc::KEY_SPEC_USER_KEYRING.cast_unsigned();
        let of_session = libc::KEY_SPEC_SESSION_KEYRING.cast_unsigned();
        let number = u32::try_from(libc::SYS_keyctl).unwrap();
        let call = |keys: &[u32], operation, key, other| {
            let allowed = Allowed { keys: keys.to_vec(), ..Allowed::default() };
            let arguments = [operation, key, other, 0, 0, 0];
            run(&program(&allowed), number, OWN_ARCHITECTURE, arguments) == SECCOMP_RET_ALLOW
        };
        let moves = [libc::KEYCTL_LINK, libc::KEYCTL_UNLINK];
        for keys in [&[7][..], &[7, 8, 9], &[9, 8, 7]] {
            let time = libc::KEYCTL_SET_TIMEOUT;
            assert!(call(keys, time, 7, 60) && !call(keys, time, 6, 60));
            assert!(!call(keys, time, of_user, 60) && !call(&[], time, 7, 60));
            for operation in moves {
                assert!(call(keys, operation, 7, of_user), "{operation}");
                assert!(!call(keys, operation, 6, of_user), "{operation}");
                assert!(!call(keys, operation, 7, of_session), "{operation}");
            }
            let others = (0..40).filter(|other| *other != time && !moves.contains(other));
            for operation in others {
                assert!(!call(keys, operation, 7, of_user), "{operation}");
            }
        }
    }

    #[test]
    fn keys_are_made_where_nobody_finds_them_or_not_at_all() {
        let number = u32::try_from(libc::SYS_add_key).unwrap();
        let made = |keys: &[u32], keyring: i32| {
            let allowed = Allowed { keys: keys.to_vec(), ..Allowed::default() };
            let arguments = [0, 0, 0, 0, keyring.cast_unsigned(), 0];
            run(&program(&allowed), number, OWN_ARCHITECTURE, arguments) == SECCOMP_RET_ALLOW
        };
        assert!(made(&[7], 7) && made(&[6, 7], 7) && made(&[7, 6], 7));
        assert!(!made(&[], 7) && !made(&[6], 7));
        for keyring in [libc::KEY_SPEC_USER_KEYRING, libc::KEY_SPEC_SESSION_KEYRING] {
            assert!(!made(&[7], keyring), "{keyring}");
        }
    }
}
