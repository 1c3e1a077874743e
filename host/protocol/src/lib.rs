//! Wire formats of the clients, without input or output.
