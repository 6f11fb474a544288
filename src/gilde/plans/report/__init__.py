"""Progress reports: a complete snapshot of a plan as of a day; page and PDF are made from it alone."""
