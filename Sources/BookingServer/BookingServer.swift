/// The production server: the orchestrator on real sockets.
