"""The forms of officers. They parse what was written; what may be stored is decided by the services."""
