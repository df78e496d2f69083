"""The console: a page for people over the management API and the public API. Plain files, no build step."""
