"""The sandbox: serves the Sepolo public API over an invented organisation."""
