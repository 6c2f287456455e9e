"""The client for programs with an event loop. Use it as `qtasks_client.AsyncClient`."""
