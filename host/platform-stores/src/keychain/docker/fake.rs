//! A keychain in memory, with the rules of the system's: no two entries in which all that makes an entry
//! is the same, and a clock of whole seconds.

use std::sync::{Arc, Mutex, MutexGuard};

use lockgate_core::Secret;

use super::{Attribute, Attributes, Calls, Found, Status, Value};

/// What makes an entry, and is not about its secret.
const KEY: [Attribute; 6] = [
    Attribute::Account,
    Attribute::Authentication,
    Attribute::Path,
    Attribute::Port,
    Attribute::Protocol,
    Attribute::Server,
];

#[derive(Clone, Default)]
pub(super) struct FakeKeychain {
    state: Arc<Mutex<State>>,
    /// What it answers whenever it is asked to do this.
    refuses: Option<(&'static str, i32)>,
}

#[derive(Default)]
struct State {
    items: Vec<Item>,
    made: u64,
    second: i64,
    /// Done in the name of somebody else, right before the next entry is made.
    meanwhile: Option<(Attributes, &'static str)>,
}

struct Item {
    number: u64,
    attributes: Attributes,
    secret: Secret,
}

impl Item {
    fn key(&self) -> [Option<&Value>; 6] {
        key(&self.attributes)
    }
}

fn key(attributes: &Attributes) -> [Option<&Value>; 6] {
    KEY.map(|wanted| attributes.all().find(|(one, _)| *one == wanted).map(|(_, value)| value))
}

impl FakeKeychain {
    /// What another program keeps in it.
    pub(super) fn plant(&self, attributes: &Attributes, secret: &str) {
        let mut state = self.state();
        let taken = state.items.iter().any(|item| item.key() == key(attributes));
        assert!(!taken, "the system would not keep it");
        state.make(attributes.clone(), secret.into());
    }

    /// An entry that somebody else makes right before we do.
    pub(super) fn plant_meanwhile(&self, attributes: Attributes, secret: &'static str) {
        self.state().meanwhile = Some((attributes, secret));
    }

    /// The same keychain, which answers so whenever it is asked to do this.
    pub(super) fn refusing(&self, action: &'static str, code: i32) -> Self {
        Self { state: Arc::clone(&self.state), refuses: Some((action, code)) }
    }

    pub(super) fn a_second_passes(&self) {
        self.state().second += 1;
    }

    /// Everything in it, without the times.
    pub(super) fn content(&self) -> Vec<(Attributes, String)> {
        let state = self.state();
        let content = state.items.iter().map(|item| {
            let mut kept = Attributes::default();
            let timeless = item.attributes.all().filter(|(one, _)| *one != Attribute::Changed);
            timeless.for_each(|(attribute, value)| kept.set(attribute, value.clone()));
            (kept, item.secret.expose_text().unwrap().to_owned())
        });
        content.collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn may(&self, action: &'static str) -> Result<(), Status> {
        match self.refuses {
            Some((refused, code)) if refused == action => Err(status(code)),
            _ => Ok(()),
        }
    }
}

impl State {
    fn make(&mut self, mut attributes: Attributes, secret: Secret) {
        attributes.set(Attribute::Changed, Value::Number(self.second));
        self.made += 1;
        self.items.push(Item { number: self.made, attributes, secret });
    }

    fn place(&self, number: u64) -> Result<usize, Status> {
        self.items.iter().position(|item| item.number == number).ok_or_else(|| status(-25300))
    }

    fn check_free(&self, attributes: &Attributes, own: Option<u64>) -> Result<(), Status> {
        let others = self.items.iter().filter(|item| Some(item.number) != own);
        match others.into_iter().any(|item| item.key() == key(attributes)) {
            true => Err(status(-25299)),
            false => Ok(()),
        }
    }
}

pub(super) fn status(code: i32) -> Status {
    Status::new(code, format!("the system's words for {code}").into())
}

impl Calls for FakeKeychain {
    type Item = u64;

    fn find(&self, attributes: &Attributes) -> Result<Vec<Found<u64>>, Status> {
        self.may("find")?;
        let state = self.state();
        let has_all = |item: &&Item| {
            attributes.all().all(|wanted| item.attributes.all().any(|one| one == wanted))
        };
        let found = state.items.iter().filter(has_all);
        let found: Vec<_> = found
            .map(|item| Found { item: item.number, attributes: item.attributes.clone() })
            .collect();
        if found.is_empty() { Err(status(-25300)) } else { Ok(found) }
    }

    fn read(&self, item: &u64) -> Result<Secret, Status> {
        self.may("read")?;
        let state = self.state();
        Ok(state.items[state.place(*item)?].secret.clone())
    }

    fn add(&self, attributes: &Attributes, secret: &Secret) -> Result<(), Status> {
        self.may("add")?;
        let mut state = self.state();
        if let Some((others, secret)) = state.meanwhile.take() {
            state.make(others, secret.into());
        }
        state.check_free(attributes, None)?;
        state.make(attributes.clone(), secret.clone());
        Ok(())
    }

    fn change(&self, item: &u64, attributes: &Attributes, secret: &Secret) -> Result<(), Status> {
        self.may("change")?;
        let mut state = self.state();
        let place = state.place(*item)?;
        let mut changed = state.items[place].attributes.clone();
        attributes.all().for_each(|(attribute, value)| changed.set(attribute, value.clone()));
        state.check_free(&changed, Some(*item))?;
        changed.set(Attribute::Changed, Value::Number(state.second));
        state.items[place].attributes = changed;
        state.items[place].secret = secret.clone();
        Ok(())
    }

    fn remove(&self, item: &u64) -> Result<(), Status> {
        self.may("remove")?;
        let mut state = self.state();
        let place = state.place(*item)?;
        state.items.remove(place);
        Ok(())
    }
}
