"""Reading what carriers say: one module a format, each from a decoded body to what it says, without a session or a request."""
