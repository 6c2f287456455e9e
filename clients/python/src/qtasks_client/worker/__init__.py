"""Workers: they lease tasks, run handlers and report what came of them."""
