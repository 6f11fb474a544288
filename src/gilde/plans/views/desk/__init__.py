"""The pages of the reading desk, by what they are for."""
