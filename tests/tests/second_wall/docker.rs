//! The same around a request about docker's own `config.json`, which lies among other files of docker's.

use std::fs;

use lockgate_tests::{Access, Home, Output, Server};

use crate::{FORBIDDEN, program};

/// `config.json` is a link to a file in a folder of dotfiles; each folder has another file.
fn attempt(words: &[&str]) -> Output {
    let (home, server) = (Home::new(), Server::start(Access::Public));
    let (docker, dotfiles) = (home.user().join(".docker"), home.user().join("dotfiles"));
    for folder in [&docker, &dotfiles] {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("key.pem"), "a key").unwrap();
    }
    let store = dotfiles.join("docker.json");
    fs::write(&store, "{\"auths\": {\"ghcr.io\": {\"auth\": \"YWxpY2U6c2VjcmV0\"}}}").unwrap();
    std::os::unix::fs::symlink(&store, docker.join("config.json")).unwrap();
    home.run(program())
        .args(words)
        .env("DOCKER_SERVER", "https://ghcr.io")
        .env("PROVIDER", "lockgate:docker-config")
        // Where it tries to write beside what is read.
        .env("CARGO_HOME", &dotfiles)
        .env("SECRET_FILE", docker.join("key.pem"))
        .env("STORE_FILE", &store)
        .env("SERVER", format!("127.0.0.1:{}", server.port()))
        .run()
        .succeeds()
}

#[test]
fn a_request_about_dockers_file_reaches_that_and_nothing_beside_it() {
    let confined = attempt(&[]);
    for deed in FORBIDDEN {
        assert!(confined.stdout.contains(&format!("{deed}: refused\n")), "{deed}\n{confined}");
    }
    let served = confined.shows("read the granted store: done\n").shows("answered true\n");
    let free = attempt(&["free"]);
    for deed in FORBIDDEN {
        let twin = free.stdout.contains(&format!("{deed}: done\n"));
        assert!(twin, "the twin: {deed}\n{free}{served}");
    }
}
