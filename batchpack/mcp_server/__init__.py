"""The queue, the receipts and the runs of a project as tools and resources of the Model Context Protocol."""
