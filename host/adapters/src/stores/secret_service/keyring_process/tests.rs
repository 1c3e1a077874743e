//! What the process does, in a thread: with threads around, none is forked. The process itself, its
//! walls and its end are tested from outside.

use lockgate_core::{Ecosystem, LoginInput, Operation, Purpose, Registry, Secret};
use lockgate_system::Exchange;

use super::super::scheme::Entry;
use super::super::tests::fake::{Fake, Person, Script, docker_item, item, registry};
use super::super::tests::locked;
use super::serve::Serving;
use super::wire::{Act, Question, Reply};

/// What comes back of these questions, to a process made for this operation.
fn replies(fake: &Fake, operation: Operation, questions: &[Question<'_>]) -> Vec<Reply> {
    replies_about(fake, vec![Entry::of(&registry()).unwrap()], operation, questions)
}

fn replies_about(
    fake: &Fake,
    entries: Vec<Entry>,
    operation: Operation,
    questions: &[Question<'_>],
) -> Vec<Reply> {
    let (ours, theirs) = Exchange::pair().unwrap();
    let serving = Serving { service: fake.service.clone(), entries, operation };
    std::thread::scope(|scope| {
        scope.spawn(move || serving.answer_all(theirs));
        let mut replies = Vec::new();
        for question in questions {
            ours.send(&question.encode()).unwrap();
            loop {
                replies.push(Reply::decode(&ours.receive().unwrap().unwrap()).unwrap());
                if !matches!(replies.last(), Some(Reply::Waiting)) {
                    break;
                }
            }
        }
        ours.send(&[]).unwrap();
        replies
    })
}

fn with_token() -> Fake {
    Fake::start(Script { items: vec![item(1, "token")], ..Script::default() })
}

const fn ask(entry: u8, act: Act<'static>) -> Question<'static> {
    Question { entry, plain: false, act }
}

const LOAD: Question<'_> = ask(0, Act::Load);
const SAVE: Question<'_> = ask(0, Act::Save { identity: None, secret: b"new" });
const REMOVE: Question<'_> = ask(0, Act::Remove);

fn login() -> Operation {
    Operation::Login(LoginInput { secret: Some(Secret::from("new")), ..LoginInput::default() })
}

fn is_refused(reply: &Reply) -> bool {
    matches!(reply, Reply::Failed(told) if told.concat().contains("and does nothing else"))
}

#[test]
fn a_get_loads_and_neither_saves_nor_removes() {
    let fake = with_token();
    let get = Operation::Get(Purpose::Read);
    let replies = replies(&fake, get, &[SAVE, REMOVE, LOAD]);
    let [save, remove, Reply::Loaded(Some(found))] = replies.as_slice() else { panic!() };
    assert!(is_refused(save) && is_refused(remove), "{replies:?}");
    assert_eq!(found.secret.expose(), b"token");
    assert_eq!(fake.items().first().unwrap().secret, b"token");
}

/// The twins.
#[test]
fn a_login_saves_and_a_logout_removes_and_neither_does_the_others_work() {
    let fake = with_token();
    let told = replies(&fake, login(), &[REMOVE, SAVE]);
    assert!(matches!(told.as_slice(), [refused, Reply::Saved] if is_refused(refused)), "{told:?}");
    assert_eq!(fake.items().first().unwrap().secret, b"new");
    let fake = with_token();
    let told = replies(&fake, Operation::Logout, &[SAVE, REMOVE, REMOVE]);
    let [refused, Reply::Removed(true), Reply::Removed(false)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert!(is_refused(refused) && fake.items().is_empty());
}

/// A server's other names: a login removes what they keep and saves under none of them.
#[test]
fn each_entry_has_its_number_and_no_other_registry_is_reached() {
    let items = || vec![docker_item(1, "ghcr.io", "alice", "a")];
    let fake = Fake::start(Script { items: items(), ..Script::default() });
    let entry = |server| Entry::of(&Registry::new(Ecosystem::Oci, server).unwrap()).unwrap();
    let entries = vec![entry("https://ghcr.io"), entry("ghcr.io")];
    let save = |entry| ask(entry, Act::Save { identity: Some(b"bob"), secret: b"b" });
    let questions = [ask(1, Act::Load), ask(2, Act::Load), save(1), REMOVE, ask(1, Act::Remove)];
    let told = replies_about(&fake, entries.clone(), login(), &questions);
    let [Reply::Loaded(Some(found)), Reply::Failed(unknown), other, own, Reply::Removed(true)] =
        told.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!(found.identity.as_ref().map(Secret::expose), Some(b"alice".as_slice()));
    assert!(unknown.concat().contains("not made for this registry"), "{unknown:?}");
    assert!(is_refused(other) && is_refused(own), "{told:?}");
    // The twins: what a login does under the first name, and a get not under any.
    let told = replies_about(&fake, entries.clone(), login(), &[save(0)]);
    assert!(matches!(told.as_slice(), [Reply::Saved]), "{told:?}");
    let get = Operation::Get(Purpose::Read);
    let told = replies_about(&fake, entries, get, &[ask(1, Act::Remove), ask(0, Act::Load)]);
    let [refused, Reply::Loaded(Some(found))] = told.as_slice() else { panic!("{told:?}") };
    assert!(is_refused(refused) && found.secret.expose() == b"b", "{told:?}");
}

#[test]
fn who_waits_for_an_unlock_is_told_before_the_answer_comes() {
    for (person, waiting) in [(Person::Answers, 1), (Person::Dismisses, 1), (Person::Nobody, 0)] {
        let fake = Fake::start(locked(person));
        let replies = replies(&fake, Operation::Get(Purpose::Read), &[LOAD]);
        let told = replies.iter().filter(|reply| matches!(reply, Reply::Waiting)).count();
        assert_eq!(told, waiting, "{replies:?}");
        assert!(!matches!(replies.last(), Some(Reply::Waiting)), "{replies:?}");
    }
}

#[test]
fn an_error_is_told_with_its_causes_and_what_is_no_question_ends_it() {
    let fake = Fake::start(locked(Person::Nobody));
    let told = replies(&fake, Operation::Get(Purpose::Read), &[LOAD]);
    let [Reply::Failed(sentences)] = told.as_slice() else { panic!("{told:?}") };
    assert!(sentences.concat().contains("the keyring is locked"), "{sentences:?}");
    let (ours, theirs) = Exchange::pair().unwrap();
    let entries = vec![Entry::of(&registry()).unwrap()];
    let serving = Serving { service: fake.service.clone(), entries, operation: Operation::Logout };
    ours.send(b"what?").unwrap();
    serving.answer_all(theirs);
    assert!(ours.receive().unwrap().is_none());
}
