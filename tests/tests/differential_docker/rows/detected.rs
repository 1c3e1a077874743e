//! What is used when nothing is said.

use super::*;

const KEYRING: &[(&str, &str)] = &[("PATH", "[ROOT]/with-keyring")];
const PASS: &[(&str, &str)] = &[("PATH", "[ROOT]/with-pass")];

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "without a helper on PATH it is the file",
        variables: &[("PATH", "[ROOT]/nothing")],
        shows: "YWxpY2U6czNjcmV0",
        ..ROW
    },
    Row {
        rule: "docker chooses the keyring's helper by itself",
        variables: KEYRING,
        said: ends(DETECTED, "called: secretservice store", "YWxpY2U6czNjcmV0"),
        ..ROW
    },
    Row {
        rule: "docker chooses pass by itself",
        variables: PASS,
        said: ends(DETECTED, "called: pass store", "YWxpY2U6czNjcmV0"),
        ..ROW
    },
    Row {
        rule: "pass without its helper is none, and nothing takes its place",
        variables: &[("PATH", "[ROOT]/with-pass-alone")],
        shows: "YWxpY2U6czNjcmV0",
        ..ROW
    },
    Row {
        rule: "an entry means that nothing is chosen",
        variables: KEYRING,
        files: &[(CONFIG, "{\n\t\"auths\": {\n\t\t\"a.example\": {}\n\t}\n}")],
        shows: "YWxpY2U6czNjcmV0",
        ..ROW
    },
    Row {
        rule: "credHelpers mean that nothing is chosen",
        variables: KEYRING,
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"credHelpers\": {\n\t\t\"a.example\": \"good\"\n\t}\n}",
        )],
        shows: "YWxpY2U6czNjcmV0",
        ..ROW
    },
    Row {
        rule: "a logout chooses nothing that stays",
        words: LOGOUT,
        variables: KEYRING,
        said: ends(
            DETECTED,
            "called: secretservice erase [SERVER]",
            "Removing login credentials for [SERVER]",
        ),
        ..ROW
    },
];
