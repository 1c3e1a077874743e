//! Which registry is meant and which providers serve it, from the clients' own configuration.
