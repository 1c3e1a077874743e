//! A bus and a secret service in one, which do what a test wants of them.

mod answers;
mod properties;
mod script;

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lockgate_core::{Ecosystem, Registry};
use tempfile::TempDir;

use answers::{completed, field, message, named, of_bus};
use properties::{found, kept_attributes, property};
pub(crate) use script::{Fault, Item, Person, Script, docker_item, item};

use crate::stores::secret_service::session::{ENCRYPTED, Key, KeyPair, PLAIN};
use crate::stores::secret_service::wire::{Body, Message, Reader, parse};
use crate::stores::secret_service::{SecretService, SecretServiceStore};

pub(crate) const KEYRING: &str = "/org/freedesktop/secrets/collection/login";
const SESSION: &str = "/org/freedesktop/secrets/session/s1";
const PROMPT: &str = "/org/freedesktop/secrets/prompt/p1";
const SERVICE: &str = ":1.7";

/// A running one.
pub(crate) struct Fake {
    folder: TempDir,
    state: Arc<Mutex<State>>,
    pub(crate) service: SecretService,
}

struct State {
    script: Script,
    asked: Vec<String>,
    /// Everything that came, as it was on the wire.
    heard: Vec<u8>,
}

impl Fake {
    pub(crate) fn start(script: Script) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let listener = UnixListener::bind(&path).unwrap();
        let state = State { script, asked: Vec::new(), heard: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || Server::new(listener.accept().unwrap().0, shared).serve());
        let address = format!("unix:path={}", path.display());
        let service = SecretService::connect(Some(&address), None);
        if let Ok(service) = &mut *service.0.lock().unwrap() {
            service.connection.patience = Duration::from_millis(300);
            service.prompt_patience = Duration::from_millis(300);
        }
        Self { folder, state, service }
    }

    pub(crate) fn store(&self) -> SecretServiceStore {
        self.service.store(&registry(), false).unwrap()
    }

    /// The entry of a server of docker's.
    pub(crate) fn docker_store(&self, server: &str) -> SecretServiceStore {
        let registry = Registry::new(Ecosystem::Oci, server).unwrap();
        self.service.store(&registry, false).unwrap()
    }

    /// One that nobody is connected to yet, and its address.
    pub(crate) fn listen(script: Script) -> (TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let listener = UnixListener::bind(&path).unwrap();
        let state = State { script, asked: Vec::new(), heard: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        std::thread::spawn(move || Server::new(listener.accept().unwrap().0, state).serve());
        (folder, format!("unix:path={}", path.display()))
    }

    /// The methods that were called, without those of the bus.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    pub(crate) fn items(&self) -> Vec<Item> {
        self.state.lock().unwrap().script.items.clone()
    }

    pub(crate) fn heard(&self) -> Vec<u8> {
        self.state.lock().unwrap().heard.clone()
    }

    pub(crate) fn round_trips(&self) -> usize {
        assert!(self.folder.path().exists());
        self.service.0.lock().unwrap().as_ref().unwrap().connection.round_trips
    }
}

pub(crate) fn registry() -> Registry {
    let registry = Registry::new(Ecosystem::Cargo, "sparse+https://a/").unwrap();
    registry.named(Some("corp".to_owned()))
}

struct Server {
    stream: UnixStream,
    state: Arc<Mutex<State>>,
    key: Option<Key>,
    serial: u32,
}

/// Values and their types, or the name of an error.
type Answer = Result<Body, &'static str>;

impl Server {
    fn new(stream: UnixStream, state: Arc<Mutex<State>>) -> Self {
        Self { stream, state, key: None, serial: 0 }
    }

    fn serve(mut self) {
        let (mut input, mut let_in) = (Vec::new(), false);
        let mut chunk = [0; 65536];
        while let Ok(count @ 1..) = self.stream.read(&mut chunk) {
            self.state.lock().unwrap().heard.extend_from_slice(&chunk[..count]);
            input.extend_from_slice(&chunk[..count]);
            if !let_in {
                let end = input.windows(7).position(|bytes| bytes == b"BEGIN\r\n").unwrap() + 7;
                assert!(input.starts_with(b"\0AUTH EXTERNAL "));
                input.drain(..end);
                self.send(b"OK 0123456789abcdef\r\n");
                let_in = true;
            }
            while let Some((message, length)) = parse(&input).unwrap() {
                let serial = u32::from_ne_bytes(input[8..12].try_into().unwrap());
                input.drain(..length);
                if !self.answer(&message, serial) {
                    return;
                }
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Whether it goes on.
    fn answer(&mut self, call: &Message, serial: u32) -> bool {
        let member = call.member.clone();
        if call.interface == "org.freedesktop.DBus" {
            let on_bus = self.state.lock().unwrap().script.on_bus;
            self.reply(serial, "org.freedesktop.DBus", Ok(of_bus(&member, on_bus)));
            return true;
        }
        self.state.lock().unwrap().asked.push(member.clone());
        let fault = self.state.lock().unwrap().script.fault;
        match fault.filter(|(faulty, _)| *faulty == member).map(|(_, fault)| fault) {
            None => {
                let answer = self.act(call);
                self.reply(serial, SERVICE, answer);
                self.after(&member)
            }
            Some(Fault::Silence) => true,
            Some(Fault::HangUp) => false,
            Some(Fault::OfBus(name)) => {
                self.reply(serial, "org.freedesktop.DBus", Err(name));
                true
            }
            Some(Fault::OfService(name)) => {
                self.reply(serial, SERVICE, Err(name));
                true
            }
            Some(Fault::Garbage) => {
                self.send(&[0xff; 64]);
                true
            }
            Some(Fault::OtherType) => {
                self.reply(serial, SERVICE, Ok(named("?")));
                true
            }
            Some(Fault::Stranger) => {
                let answer = self.act(call);
                self.reply(serial, ":1.66", answer);
                true
            }
        }
    }

    fn reply(&mut self, serial: u32, sender: &str, answer: Answer) {
        self.serial += 1;
        let (kind, body, error) = match answer {
            Ok(body) => (2, body, None),
            Err(name) => (3, named("because\u{1b}[2J"), Some(name)),
        };
        let message = message(kind, self.serial, &body, |fields| {
            fields.structure();
            fields.byte(5);
            fields.types("u");
            fields.u32(serial);
            field(fields, 7, "s", sender);
            if let Some(name) = error {
                field(fields, 4, "s", name);
            }
        });
        self.send(&message);
    }

    fn signal(&mut self, sender: &str, path: &str, member: &str, body: &Body) {
        self.serial += 1;
        let message = message(4, self.serial, body, |fields| {
            field(fields, 1, "o", path);
            field(fields, 2, "s", "any.Interface");
            field(fields, 3, "s", member);
            field(fields, 7, "s", sender);
        });
        self.send(&message);
    }

    /// What follows an answer by itself.
    fn after(&mut self, member: &str) -> bool {
        let person = self.state.lock().unwrap().script.person;
        if member != "Prompt" {
            return true;
        }
        match person {
            Person::Nobody | Person::Silent => {}
            Person::Answers | Person::Dismisses => {
                // Of another question, and by somebody else: heeded by nobody.
                self.signal(SERVICE, "/other/prompt", "Completed", &completed(true));
                self.signal(":1.66", PROMPT, "Completed", &completed(false));
                if person == Person::Answers {
                    self.unlock();
                }
                self.signal(SERVICE, PROMPT, "Completed", &completed(person != Person::Answers));
            }
            Person::Gone => {
                let mut body = Body::of("sss");
                [SERVICE, SERVICE, ""].iter().for_each(|text| body.text(text));
                let bus = "org.freedesktop.DBus";
                self.signal(bus, "/org/freedesktop/DBus", "NameOwnerChanged", &body);
            }
        }
        true
    }

    fn unlock(&mut self) {
        let script = &mut self.state.lock().unwrap().script;
        script.locked = false;
        script.items.iter_mut().for_each(|item| item.locked = false);
    }

    fn act(&mut self, call: &Message) -> Answer {
        let state = Arc::clone(&self.state);
        let script = &mut state.lock().unwrap().script;
        let mut values = Reader::new(&call.body);
        match call.member.as_str() {
            "OpenSession" => self.open(script, &mut values),
            "SearchItems" => Ok(found(script)),
            "ReadAlias" => {
                let mut body = Body::of("o");
                body.text(if script.no_default { "/" } else { KEYRING });
                Ok(body)
            }
            "Get" => property(script, &call.path, &mut values),
            "Unlock" => Ok(self.unlocked(script)),
            "Prompt" => Ok(Body::empty()),
            "Dismiss" => Ok(Body::empty()),
            "GetSecret" => self.secret(script, &call.path),
            "CreateItem" => self.create(script, &mut values),
            "Delete" => {
                if !script.keeps_all {
                    script.items.retain(|item| item.path != call.path);
                }
                let mut body = Body::of("o");
                body.text("/");
                Ok(body)
            }
            other => panic!("{other}"),
        }
    }

    fn open(&mut self, script: &Script, values: &mut Reader<'_>) -> Answer {
        let algorithm = values.text().unwrap();
        assert!([ENCRYPTED, PLAIN].contains(&algorithm));
        let mut body = Body::of("vo");
        match algorithm == PLAIN {
            true => {
                body.types("s");
                body.text("");
            }
            false if script.plain_only => return Err("org.freedesktop.DBus.Error.NotSupported"),
            false => {
                assert_eq!(values.types(), Ok("ay"));
                let keys = KeyPair::new().unwrap();
                self.key = Some(keys.agree(values.array_of_bytes().unwrap()).unwrap());
                body.types("ay");
                body.array_of_bytes(keys.public());
            }
        }
        body.text(SESSION);
        Ok(body)
    }

    fn unlocked(&self, script: &Script) -> Body {
        let mut body = Body::of("aoo");
        body.array(4, |_| {});
        body.text(if script.person == Person::Nobody { "/" } else { PROMPT });
        body
    }

    fn secret(&self, script: &Script, path: &str) -> Answer {
        let item = script.items.iter().find(|item| item.path == path).unwrap();
        if item.locked {
            return Err("org.freedesktop.Secret.Error.IsLocked");
        }
        let (start, bytes) = match &self.key {
            Some(key) => {
                let (start, bytes) = key.encrypt(&item.secret).unwrap();
                (start.to_vec(), bytes)
            }
            None => (Vec::new(), item.secret.clone()),
        };
        let mut body = Body::of("(oayays)");
        body.structure();
        body.text(SESSION);
        body.array_of_bytes(&start);
        body.array_of_bytes(&bytes);
        body.text(script.kind.unwrap_or("text/plain"));
        Ok(body)
    }

    fn create(&self, script: &mut Script, values: &mut Reader<'_>) -> Answer {
        let attributes = kept_attributes(values);
        values.structure().unwrap();
        assert_eq!(values.object(), Ok(SESSION));
        let (start, bytes) = (values.array_of_bytes().unwrap(), values.array_of_bytes().unwrap());
        let secret = match &self.key {
            Some(key) => key.decrypt(start, bytes).unwrap().to_vec(),
            None => bytes.to_vec(),
        };
        assert_eq!(values.text(), Ok("text/plain"));
        assert_eq!(values.flag(), Ok(true));
        let mut body = Body::of("oo");
        body.text(&script.keep(attributes, secret));
        body.text("/");
        Ok(body)
    }
}
