//! What cargo's file of tokens says beside the tokens, and who heeds it.

use std::fs;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Run};

const INDEX: &str = "https://corp.example/";
const LOGOUT: [&str; 3] = ["logout", "--registry", "corp"];
/// Says who it is, and that it has no token.
const WITNESS: &str = "#!/bin/sh\necho '{\"v\":[1]}'\nread -r request\necho 'the witness was asked' >&2\n\
                       echo '{\"Err\":{\"kind\":\"not-found\"}}'\nread -r end\nexit 0\n";

fn home(config: &str, credentials: &str) -> Home {
    let home = Home::new();
    let program = home.programs().join("witness");
    fs::write(&program, WITNESS).unwrap();
    set_mode(&program, 0o755);
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n{config}"));
    home.write_credentials(credentials);
    home
}

fn ours(home: &Home, words: &[&str]) -> Run {
    home.lockgate(["cargo"]).args(words)
}

#[test]
fn a_provider_named_among_the_tokens_is_cargos_alone_and_told() {
    for (config, credentials, key, line) in [
        (
            "",
            "# mine\n[registries.corp]\ncredential-provider = 'witness'\n",
            "registries.corp.credential-provider",
            3,
        ),
        (
            "",
            "[registry]\nglobal-credential-providers = ['witness']\n",
            "registry.global-credential-providers",
            2,
        ),
        (
            "credential-provider = 'w'\n",
            "[credential-alias]\nw = 'witness'\n",
            "credential-alias.w",
            2,
        ),
    ] {
        let home = home(config, credentials);
        let _ = home.cargo(LOGOUT).run().succeeds().says("the witness was asked");
        let output = ours(&home, &LOGOUT).run().never_says("the witness was asked");
        let file = home.credentials().display().to_string();
        let _ = output.says(&format!(
            "warning: `{key}` in {file}:{line} is not heeded: that is a file of tokens; write it into \
             the `config.toml` beside it\n"
        ));
    }
}

#[test]
fn what_the_file_of_tokens_includes_is_cargos_alone_and_told() {
    let home = home("", "include = ['more.toml']\n");
    let more = home.cargo_home().join("more.toml");
    fs::write(&more, "[registries.corp]\ntoken = 'of-file'\n").unwrap();
    let _ = home.cargo(LOGOUT).run().succeeds().says("has been removed from local storage");
    let output = ours(&home, &LOGOUT).run().succeeds();
    let _ = output
        .says(&format!("`include` in {}:1 is not heeded", home.credentials().display()))
        .says("Logout not currently logged in to `corp`")
        .says(&format!("is still in {}:2, which the file of tokens includes", more.display()));
    assert!(fs::read_to_string(more).unwrap().contains("of-file"));
    let _ = ours(&home, &["token", "--registry", "corp"]).run().exits_with(101);
    // Where the advice leads.
    let config = fs::read_to_string(home.config()).unwrap();
    home.write_config(format!("include = ['more.toml']\n{config}"));
    let token = ours(&home, &["token", "--registry", "corp", "--reveal"]).run().succeeds();
    let _ = token.prints("of-file\n");
}

#[test]
fn a_token_of_the_command_line_that_counts_less_than_a_variable_is_told() {
    let home = home("", "");
    let file = home.project().join("more.toml");
    fs::write(&file, "[registries.corp]\ntoken = 'of-file'\n").unwrap();
    let token = ["token", "--registry", "corp", "--reveal", "--config", "more.toml"];
    let _ = ours(&home, &token).run().succeeds().prints("of-file\n").is_silent();
    let both = ours(&home, &token).env("CARGO_REGISTRIES_CORP_TOKEN", "of-variable");
    let warning = format!(
        "warning: the token of registry `corp` in {}:2 is not used: environment variable \
         `CARGO_REGISTRIES_CORP_TOKEN` counts more\n",
        file.display()
    );
    let _ = both.run().succeeds().prints("of-variable\n").says(&warning);
    home.write_credentials("[registries.corp]\ntoken = 'kept'\n");
    let _ = both.run().succeeds().prints("of-variable\n").is_silent();
}

#[test]
fn a_kept_token_that_our_own_provider_reads_is_not_called_ignored() {
    let home = home("", "[registries.corp]\ntoken = 'kept'\n");
    let [program, word] = home.our_token_provider();
    home.write_config(format!(
        "[registries.corp]\nindex = \"{INDEX}\"\ncredential-provider = [{program:?}, {word:?}]\n"
    ));
    let token = ["token", "--registry", "corp", "--reveal"];
    let _ = ours(&home, &token).run().succeeds().prints("kept\n").is_silent();
    let other = ["--config", "registries.corp.credential-provider = ['cargo:wincred']"];
    let output = ours(&home, &[&token[..], &other].concat()).run().exits_with(101);
    let file = home.credentials().display().to_string();
    let _ = output.says(&format!(
        "warning: registry `corp` has a token configured in {file} that will be ignored because this \
         registry is configured to use credential-provider `cargo:wincred`\n"
    ));
}

/// cargo reads it for every provider, and ends.
#[test]
fn a_broken_file_of_tokens_is_a_warning_where_nobody_reads_it() {
    let home =
        home("credential-provider = 'cargo:wincred'\n", "[registries.corp\ntoken = 's3cret'\n");
    let theirs = home.cargo(LOGOUT).run().exits_with(101);
    let _ = theirs.says("could not parse TOML configuration");
    let output = ours(&home, &LOGOUT).run().exits_with(101).nowhere_has("s3cret");
    let _ = output
        .says(&format!(
            "warning: cargo's file of tokens cannot be read: {}:1",
            home.credentials().display()
        ))
        .says("error: no credential providers could handle the request");
}
