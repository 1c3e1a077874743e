//! The rows.

use lockgate_tests::docker_helper::credential;

use super::row::End::{
    Done, Found, Line, NoServer, NoUser, NotFound, Refused, Says, Users, Varies,
};
use super::row::Party::{OursInKeyring, Pass, SecretService};
use super::row::{End, Row, row};

const SERVER: &str = "https://registry.example.com/v1/";

/// Go's line reader.
const LONG_LINE: &str = "it reads lines of at most 64 KiB";
/// docker-credential-helpers before 0.7.
const OLD_WORDS: &str = "the flags came with 0.7";
/// A bound of ours.
const LARGE_FOR_KEYRING: &str = "a keyring is asked to keep at most 64 KiB";
const FORGETFUL: &str = "0.6.4 answers with an empty user and secret for a server that it has not";

fn found(user: &'static str, secret: &str) -> End {
    Found(SERVER, user, secret.to_owned())
}

fn foo() -> String {
    credential(SERVER, "foo", "bar")
}

fn nobody() -> End {
    Found(SERVER, "", String::new())
}

pub(crate) fn all() -> Vec<Row> {
    let groups = [kept(), missing(), forms(), words(), replaced(), secrets(), many(), stricter()];
    groups.into_iter().flatten().collect()
}

fn kept() -> Vec<Row> {
    vec![
        row("what is stored is found")
            .asks("store", foo(), Done)
            .asks("get", SERVER, found("foo", "bar"))
            .asks("get", SERVER, found("foo", "bar")),
        row("what is erased is not found")
            .asks("store", foo(), Done)
            .asks("erase", SERVER, Done)
            .asks("get", SERVER, NotFound)
            .but(Pass, nobody(), FORGETFUL)
            .asks("list", "", Users(&[])),
        row("what is not there is not found").asks("get", SERVER, NotFound).but(
            Pass,
            nobody(),
            FORGETFUL,
        ),
        row("what is not there is erased without a word").asks("erase", SERVER, Done).but(
            Pass,
            Says("is not in the password store"),
            "`pass rm` fails",
        ),
        row("nothing is a list too").asks("list", "unused", Users(&[])),
        row("a server with white space around it")
            .asks("store", foo(), Done)
            .asks("get", format!("  {SERVER}\n"), found("foo", "bar"))
            .asks("get", format!("\n\n\t{SERVER} \r\n\n"), found("foo", "bar"))
            .asks("erase", format!(" {SERVER}\n"), Done)
            .asks("list", "", Users(&[])),
    ]
}

fn missing() -> Vec<Row> {
    vec![
        row("a credential of no server")
            .asks("store", credential("", "foo", "bar"), NoServer)
            .asks("list", "", Users(&[])),
        row("a credential of no user").asks("store", credential(SERVER, "", "bar"), NoUser).asks(
            "list",
            "",
            Users(&[]),
        ),
        row("a credential of neither")
            .asks("store", credential("", "", "bar"), NoServer)
            .asks("store", "{}", NoServer)
            .asks("store", r#"{"ServerURL":null,"Username":null,"Secret":null}"#, NoServer),
        row("no server to look for")
            .asks("get", "", NoServer)
            .asks("get", " \n\t\r\n", NoServer)
            .asks("erase", "", NoServer)
            .asks("erase", "\n", NoServer),
        row("an empty secret is one")
            .asks("store", credential(SERVER, "foo", ""), Done)
            .asks("get", SERVER, found("foo", ""))
            .but(SecretService, NotFound, "libsecret takes an empty secret for none"),
    ]
}

fn forms() -> Vec<Row> {
    let lines = format!(
        "{{\n\t\"ServerURL\": \"{SERVER}\",\r\n\t\"Username\": \"foo\",\n\n\t\"Secret\": \"bar\"\n}}\n"
    );
    vec![
        row("an object of several lines").asks("store", lines, Done).asks(
            "get",
            SERVER,
            found("foo", "bar"),
        ),
        row("keys in any case, and others")
            .asks(
                "store",
                format!(r#"{{"serverurl":"{SERVER}","USERNAME":"foo","secret":"bar","extra":1}}"#),
                Done,
            )
            .asks("get", SERVER, found("foo", "bar")),
        row("the last of two equal keys counts")
            .asks(
                "store",
                format!(
                    r#"{{"Secret":"x","secret":"bar","Username":"foo","ServerURL":"{SERVER}"}}"#
                ),
                Done,
            )
            .asks("get", SERVER, found("foo", "bar")),
        row("what follows the object is ignored")
            .asks("store", format!("{}TRAILING", foo()), Done)
            .asks("get", SERVER, found("foo", "bar")),
        row("what is no object is refused, and nothing changes")
            .asks("store", foo(), Done)
            .asks("store", "junk", Refused)
            .asks("store", "", Refused)
            .asks("store", "\"text\"", Refused)
            .asks("store", r#"{"ServerURL":"h","Username":"u","Secret":"#, Refused)
            .asks("store", format!(r#"{{"ServerURL":"{SERVER}","Username":1}}"#), Refused)
            .asks("get", SERVER, found("foo", "bar"))
            .asks("list", "", Users(&[(SERVER, "foo")])),
        row("the marker of identity tokens in either escaping")
            .asks("store", credential(SERVER, "<token>", "abc"), Done)
            .asks("get", SERVER, found("<token>", "abc"))
            .asks("list", "", Users(&[(SERVER, "<token>")]))
            .asks(
                "store",
                format!(
                    r#"{{"ServerURL":"{SERVER}","Username":"\u003ctoken\u003e","Secret":"d"}}"#
                ),
                Done,
            )
            .asks("get", SERVER, found("<token>", "d")),
    ]
}

fn words() -> Vec<Row> {
    vec![
        row("words that are no action")
            .asks_with(&[], "", Says("Usage: "))
            .asks_with(&["get", "get"], SERVER, Says("Usage: "))
            .asks("login", "", Says("nknown")),
        row("the version").asks("version", "", Line),
        row("words for people")
            .asks("--version", "", Line)
            .but(SecretService, Says("nknown"), OLD_WORDS)
            .but(Pass, Says("nknown"), OLD_WORDS)
            .asks("-v", "", Line)
            .but(SecretService, Says("nknown"), OLD_WORDS)
            .but(Pass, Says("nknown"), OLD_WORDS),
    ]
}

fn replaced() -> Vec<Row> {
    let two = "it keeps an entry for each user, and finds the first by name";
    let one_of_two =
        "it keeps an entry for each user, and finds the one that the keyring names last";
    vec![
        row("a new secret replaces the old one")
            .asks("store", foo(), Done)
            .asks("store", credential(SERVER, "foo", "new"), Done)
            .asks("get", SERVER, found("foo", "new")),
        row("a new user replaces the old one")
            .asks("store", foo(), Done)
            .asks("store", credential(SERVER, "goo", "new"), Done)
            .asks("get", SERVER, found("goo", "new"))
            .but(SecretService, Varies, one_of_two)
            .but(Pass, found("foo", "bar"), two)
            .asks("list", "", Users(&[(SERVER, "goo")]))
            .but(SecretService, Varies, one_of_two)
            .but(Pass, Users(&[(SERVER, "foo")]), two)
            .asks("erase", SERVER, Done)
            .asks("get", SERVER, NotFound)
            .but(Pass, nobody(), FORGETFUL),
    ]
}

fn secrets() -> Vec<Row> {
    let odd = " \"quotes\" \\back\\ ünïcode 🦀 <>& \u{2028} tab\t  ";
    let lines = "first\nsecond\r\n\n";
    let [fits, long] = [65_000, 200_000].map(|length| "s".repeat(length));
    let huge = "<".repeat(1 << 20);
    let too_long = "x".repeat((1 << 20) + 1);
    let stored = |secret: &str| credential(SERVER, "foo", secret);
    vec![
        row("a secret of odd characters").asks("store", stored(odd), Done).asks(
            "get",
            SERVER,
            found("foo", odd),
        ),
        row("a secret of several lines")
            .asks("store", stored(lines), Done)
            .asks("get", SERVER, found("foo", lines))
            .but(Pass, found("foo", "first\nsecond"), "it takes line ends away at the end"),
        row("a secret of 65,000 bytes").asks("store", stored(&fits), Done).asks(
            "get",
            SERVER,
            found("foo", &fits),
        ),
        row("a longer secret")
            .asks("store", foo(), Done)
            .asks("store", stored(&long), Done)
            .but(OursInKeyring, Refused, LARGE_FOR_KEYRING)
            .but(SecretService, Says("token too long"), LONG_LINE)
            .but(Pass, Says("token too long"), LONG_LINE)
            .asks("get", SERVER, found("foo", &long))
            .but(OursInKeyring, found("foo", "bar"), LARGE_FOR_KEYRING)
            .but(SecretService, found("foo", "bar"), LONG_LINE)
            .but(Pass, found("foo", "bar"), LONG_LINE),
        row("a secret of a mebibyte, each byte of which is escaped")
            .asks("store", stored(&huge).replace('<', "\\u003c"), Done)
            .but(OursInKeyring, Refused, LARGE_FOR_KEYRING)
            .but(SecretService, Says("token too long"), LONG_LINE)
            .but(Pass, Says("token too long"), LONG_LINE)
            .asks("get", SERVER, found("foo", &huge))
            .but(OursInKeyring, NotFound, LARGE_FOR_KEYRING)
            .but(SecretService, NotFound, LONG_LINE)
            .but(Pass, nobody(), LONG_LINE),
        row("a secret of more than a mebibyte changes nothing")
            .asks("store", foo(), Done)
            .asks("store", stored(&too_long), Refused)
            .asks("get", SERVER, found("foo", "bar")),
    ]
}

fn many() -> Vec<Row> {
    let hub = "https://index.docker.io/v1/";
    let refresh = "https://index.docker.io/v1/refresh-token";
    vec![
        row("two servers")
            .asks("store", credential("a.example", "foo", "one"), Done)
            .asks("store", credential("a.example:5000", "goo", "two"), Done)
            .asks("list", "unused", Users(&[("a.example", "foo"), ("a.example:5000", "goo")]))
            .asks("get", "a.example", Found("a.example", "foo", "one".into()))
            .asks("get", "a.example:5000", Found("a.example:5000", "goo", "two".into()))
            .asks("erase", "a.example", Done)
            .asks("get", "a.example:5000", Found("a.example:5000", "goo", "two".into()))
            .asks("list", "", Users(&[("a.example:5000", "goo")])),
        row("docker's own keys beside the one of Docker Hub")
            .asks("store", credential(hub, "foo", "one"), Done)
            .asks("store", credential(refresh, "foo", "two"), Done)
            .asks("get", hub, Found(hub, "foo", "one".into()))
            .asks("get", refresh, Found(refresh, "foo", "two".into()))
            .asks("erase", refresh, Done)
            .asks("get", refresh, NotFound)
            .but(Pass, Found(refresh, "", String::new()), FORGETFUL)
            .asks("get", hub, Found(hub, "foo", "one".into())),
        row("another spelling of the same server")
            .asks("store", credential("a.example", "foo", "one"), Done)
            .asks("get", "https://a.example/", Found("https://a.example/", "foo", "one".into()))
            .but(SecretService, NotFound, "it compares byte for byte")
            .but(Pass, Found("https://a.example/", "", String::new()), FORGETFUL)
            .asks("list", "", Users(&[("a.example", "foo")])),
        row("another server")
            .asks("store", credential("a.example", "foo", "one"), Done)
            .asks("get", "a.example:443", NotFound)
            .but(Pass, Found("a.example:443", "", String::new()), FORGETFUL)
            .asks("get", "http://a.example", NotFound)
            .but(Pass, Found("http://a.example", "", String::new()), FORGETFUL)
            .asks("get", "b.a.example", NotFound)
            .but(Pass, Found("b.a.example", "", String::new()), FORGETFUL),
    ]
}

/// Where ours refuses what the native ones take.
fn stricter() -> Vec<Row> {
    let joined = "it takes line ends out, and looks for a server that nobody named";
    let verbatim = "it keeps what it is given";
    vec![
        row("a server of two lines")
            .asks("store", credential("ml", "foo", "bar"), Done)
            .asks("get", "m\nl\n", Refused)
            .but(SecretService, Found("ml", "foo", "bar".into()), joined)
            .but(Pass, Found("ml", "foo", "bar".into()), joined)
            .asks("get", "m\r\nl", Refused)
            .but(SecretService, Found("ml", "foo", "bar".into()), joined)
            .but(Pass, Found("ml", "foo", "bar".into()), joined)
            .asks("erase", "m\nl\n", Refused)
            .but(SecretService, Done, joined)
            .but(Pass, Done, joined)
            .asks("list", "", Users(&[("ml", "foo")]))
            .but(SecretService, Users(&[]), joined)
            .but(Pass, Users(&[]), joined),
        row("line ends in a credential's names")
            .asks("store", credential("a\nb", "foo", "bar"), Refused)
            .but(SecretService, Done, verbatim)
            .but(Pass, Done, verbatim)
            .asks("store", credential("c", "f\noo", "bar"), Refused)
            .but(SecretService, Done, verbatim)
            .but(Pass, Done, verbatim),
    ]
}
