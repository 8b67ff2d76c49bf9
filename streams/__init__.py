"""What moves events: topics, the Faust app, the atomic apply, following Redis, processes, the command line."""
