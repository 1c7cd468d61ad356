"""The planner, tested file by file, and the labelled texts it is measured with."""
