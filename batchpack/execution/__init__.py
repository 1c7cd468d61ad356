"""The execution of a plan of work: a loop over what an engine says, with every decision in a journal."""
