"""Version 1 of the QTasks API. Generated modules; see the proto files for what they mean."""
