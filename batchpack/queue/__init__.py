"""Work for many processes: claimed once each, leased, fenced, counted; in one SQLite file."""
