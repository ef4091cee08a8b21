"""The Prefect flows and the command line around the library in `pipeline`."""
