"""Plans of work as tasks in a graph, whatever file they came from."""
