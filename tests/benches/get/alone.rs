//! A `get` with a small configuration.

use std::fs;

use lockgate_tests::plugin::{Plugin, get};
use lockgate_tests::{Home, memory, programs};

use super::INDEX;
use super::contest::{self, Contender};

pub(crate) fn measure() {
    let home = home();
    let mut contenders = contenders(&home);
    contest::hold(&mut contenders);
    report(&contenders);
    let size = fs::metadata(programs::lockgate()).unwrap().len();
    println!("peak memory of the plugin after a get: {} KiB", peak_memory(&home));
    println!("size of the program: {} KiB\n", size >> 10);
}

fn home() -> Home {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials("[registries.corp]\ntoken = \"bench\"\n");
    home
}

fn contenders(home: &Home) -> Vec<Contender> {
    let request = format!("{}\n", get(INDEX, &["cargo:token"]));
    let native = home.run(env!("CARGO_BIN_EXE_native_get")).stdin(request.clone());
    vec![
        Contender::new("/bin/true", home.run("/bin/true")),
        Contender::new("the same, no sandbox", native),
        Contender::new("plugin get", home.plugin().stdin(request)),
        Contender::new(
            "lockgate cargo token",
            home.lockgate(["cargo", "token", "--registry", "corp"]),
        ),
        Contender::new("lockgate --version", home.lockgate(["--version"])),
    ]
}

fn report(contenders: &[Contender]) {
    let [base, native] = [&contenders[0], &contenders[1]].map(Contender::median);
    println!("{}{:>14}{:>14}", contest::headers("whole process"), "x /bin/true", "x no sandbox");
    for contender in contenders {
        let median = contender.median();
        println!("{}{:>14.2}{:>14.2}", contender.columns(), median / base, median / native);
    }
}

fn peak_memory(home: &Home) -> u64 {
    let mut plugin = Plugin::start(&home.plugin());
    let _ = plugin.ask(&get(INDEX, &["cargo:token"]));
    memory::peak(plugin.id()).unwrap_or_default()
}
