//! What the process does, in a thread: with threads around, none is forked. The process itself, its
//! walls and its end are tested from outside.

use lockgate_core::{LoginInput, Operation, Purpose, Secret};
use lockgate_system::Exchange;

use super::super::scheme::Entry;
use super::super::tests::fake::{Fake, Person, Script, item, registry};
use super::super::tests::locked;
use super::serve::Serving;
use super::wire::{Question, Reply};

/// What comes back of these questions, to a process made for this operation.
fn replies(fake: &Fake, operation: Operation, questions: &[Question<'_>]) -> Vec<Reply> {
    let (ours, theirs) = Exchange::pair().unwrap();
    let entry = Entry::of(&registry()).unwrap();
    let serving = Serving { service: fake.service.clone(), entry, operation };
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

const LOAD: Question<'_> = Question::Load { plain: false };
const SAVE: Question<'_> = Question::Save { plain: false, secret: b"new" };

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
    let replies = replies(&fake, get, &[SAVE, Question::Remove, LOAD]);
    let [save, remove, Reply::Loaded(Some(secret))] = replies.as_slice() else { panic!() };
    assert!(is_refused(save) && is_refused(remove), "{replies:?}");
    assert_eq!(secret.expose(), b"token");
    assert_eq!(fake.items().first().unwrap().secret, b"token");
}

/// The twins.
#[test]
fn a_login_saves_and_a_logout_removes_and_neither_does_the_others_work() {
    let fake = with_token();
    let told = replies(&fake, login(), &[Question::Remove, SAVE]);
    assert!(matches!(told.as_slice(), [refused, Reply::Saved] if is_refused(refused)), "{told:?}");
    assert_eq!(fake.items().first().unwrap().secret, b"new");
    let fake = with_token();
    let told = replies(&fake, Operation::Logout, &[SAVE, Question::Remove, Question::Remove]);
    let [refused, Reply::Removed(true), Reply::Removed(false)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert!(is_refused(refused) && fake.items().is_empty());
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
    let entry = Entry::of(&registry()).unwrap();
    let serving = Serving { service: fake.service.clone(), entry, operation: Operation::Logout };
    ours.send(b"what?").unwrap();
    serving.answer_all(theirs);
    assert!(ours.receive().unwrap().is_none());
}
