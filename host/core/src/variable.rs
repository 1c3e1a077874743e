//! Variables that no program is handed.

/// Beginnings of such names: of loaders, shells, languages and their runtimes, git, and resolvers.
const PREFIXES: &[&str] = &[
    "BASH_FUNC_",
    "CORECLR_",
    "COR_PROFILER",
    "DYLD_",
    "GIT_",
    "LD_",
    "LUA_CPATH",
    "LUA_INIT",
    "LUA_PATH",
    "MALLOC_",
    "NODE_",
    "PERL5",
    "PYTHON",
    "RESOLV_",
    "RUBY",
];

const NAMES: &[&str] = &[
    "BASHOPTS",
    "BASH_ENV",
    "BASH_LOADABLES_PATH",
    "BROWSER",
    "BUNDLE_GEMFILE",
    "CDPATH",
    "CLASSPATH",
    "DOTNET_ADDITIONAL_DEPS",
    "DOTNET_STARTUP_HOOKS",
    "EDITOR",
    "ENV",
    "GCONV_PATH",
    "GEM_HOME",
    "GEM_PATH",
    "GETCONF_DIR",
    "GIO_EXTRA_MODULES",
    "GLIBC_TUNABLES",
    "GTK_MODULES",
    "GTK_PATH",
    "HOSTALIASES",
    "IFS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "LESSCLOSE",
    "LESSOPEN",
    "LOCALDOMAIN",
    "LOCPATH",
    "MANPAGER",
    "NLSPATH",
    "OPENSSL_CONF",
    "OPENSSL_ENGINES",
    "OPENSSL_MODULES",
    "PAGER",
    "PERLLIB",
    "PHPRC",
    "PHP_INI_SCAN_DIR",
    "PROMPT_COMMAND",
    "PS4",
    "QT_PLUGIN_PATH",
    "RES_OPTIONS",
    "SHELL",
    "SHELLOPTS",
    "SSH_ASKPASS",
    "SSLKEYLOGFILE",
    "SUDO_ASKPASS",
    "TERMCAP",
    "TERMINFO",
    "TERMINFO_DIRS",
    "VISUAL",
    "ZDOTDIR",
    "_JAVA_OPTIONS",
];

/// Common names of credentials that begin like those above, and that no runtime reads.
const CREDENTIALS: &[&str] = &["GIT_PASSWORD", "GIT_TOKEN", "GIT_USERNAME", "NODE_AUTH_TOKEN"];

/// Whether a variable of this name makes programs run other code, look up names and files elsewhere
/// or write their secrets down, so that none is ever handed it. The case of letters does not matter.
#[must_use]
pub fn misleads_programs(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let begins = || PREFIXES.iter().any(|prefix| upper.starts_with(prefix));
    let upper = upper.as_str();
    NAMES.contains(&upper) || (begins() && !CREDENTIALS.contains(&upper))
}

#[cfg(test)]
mod tests {
    use super::misleads_programs;

    #[test]
    fn what_makes_loaders_interpreters_and_tools_run_other_code_is_known_in_any_case() {
        for name in [
            "LD_PRELOAD",
            "DYLD_INSERT_LIBRARIES",
            "BASH_FUNC_ls",
            "BASH_ENV",
            "SHELLOPTS",
            "PS4",
            "PROMPT_COMMAND",
            "OPENSSL_CONF",
            "DOTNET_STARTUP_HOOKS",
            "LUA_INIT_5_4",
            "CLASSPATH",
            "_JAVA_OPTIONS",
            "GEM_PATH",
            "RUBYOPT",
            "PERL5DB",
            "PYTHONSTARTUP",
            "NODE_OPTIONS",
            "GIT_SSH_COMMAND",
            "GTK_MODULES",
            "LESSOPEN",
            "EDITOR",
            "PAGER",
            "GCONV_PATH",
            "MALLOC_CONF",
            "RES_OPTIONS",
            "RESOLV_HOST_CONF",
            "HOSTALIASES",
            "TERMINFO",
            "SSLKEYLOGFILE",
        ] {
            assert!(misleads_programs(name), "{name}");
            assert!(misleads_programs(&name.to_lowercase()), "{name}");
        }
    }

    #[test]
    fn credentials_and_settings_are_none_of_them() {
        for name in [
            "CI_JOB_JWT",
            "OP_ACCOUNT",
            "AWS_REGION",
            "HTTPS_PROXY",
            "TMPDIR",
            "TERM",
            "LDAP_TOKEN",
            "ENVIRONMENT",
            "BASH_ENVY",
            "CORP_TOKEN",
            "GITHUB_TOKEN",
            "GITLAB_TOKEN",
            "GIT_TOKEN",
            "NODE_AUTH_TOKEN",
            "PATH",
            "HOME",
            "USER",
            "LANG",
        ] {
            assert!(!misleads_programs(name), "{name}");
        }
    }
}
