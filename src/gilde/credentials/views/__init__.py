"""The pages of credentials, and the files that programs fetch."""
